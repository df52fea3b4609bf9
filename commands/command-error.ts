/** What a person at the terminal can put right. Its message says what was wrong and what would be right, without personal values. */
export class CommandError extends Error {}
