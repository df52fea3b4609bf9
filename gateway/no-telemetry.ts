// Imported before anything of Apollo's: the gateway would otherwise report its use to its maker.
// biome-ignore lint/style/noProcessEnv: this sets, for the libraries; what we read stays in core/config.ts
process.env.APOLLO_TELEMETRY_DISABLED = 'true'
