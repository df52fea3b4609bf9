// The GraphQL type of a search.
import { ObjectType } from 'type-graphql'
import { Public } from '../../../core/policy/directives.ts'

@ObjectType({
  description:
    'What holds a word of the search, as this viewer sees it: by how many of the words it holds, then by id. A word is found whole, in whatever letters and width it is written; what is written without spaces by each pair of neighbouring characters, or by one.',
})
@Public()
export class SearchResult {
  /** What is looked for. */
  words!: readonly string[]
}
