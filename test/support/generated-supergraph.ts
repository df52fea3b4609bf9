// Supergraphs that are made from one number: the same number gives the same again.
import { composeServices } from '@apollo/composition'
import { type GraphQLSchema, parse } from 'graphql'
import { drawFrom } from './draw.ts'
import { inventedSubgraph } from './invented-subgraph.ts'
import { generateModel, sdlOf } from './supergraph-model.ts'

export interface GeneratedSupergraph {
  readonly sdl: string
  readonly schemas: ReadonlyMap<string, GraphQLSchema>
}

export function generateSupergraph(seed: number): GeneratedSupergraph {
  const model = generateModel(drawFrom(seed))
  return composeInvented(new Map(model.subgraphs.map(name => [name, sdlOf(model, name)])))
}

/** The supergraph of subgraphs that are given by their SDL, answered by invented data. */
export function composeInvented(subgraphs: ReadonlyMap<string, string>): GeneratedSupergraph {
  const services = [...subgraphs].map(([name, sdl]) => ({ name, typeDefs: parse(sdl), url: `http://${name}.invalid` }))
  const { supergraphSdl, errors = [] } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(errors.join('\n'))
  return {
    sdl: supergraphSdl,
    schemas: new Map([...subgraphs].map(([name, sdl]) => [name, inventedSubgraph(name, sdl)])),
  }
}
