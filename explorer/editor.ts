// GraphiQL, the one part that is made with React; it is loaded after the page stands.
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import { pick, useGraphiQL } from '@graphiql/react'
import { GraphiQL } from 'graphiql'
import { createElement, type ReactNode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import type { MaskEntry } from '../docs/frontend/mask.ts'
import { linesOf } from './mask-lines.ts'
import { placeKey } from './paths.ts'

/** Beyond this the marks in the editor would take longer than the answer; the panel shows them all. */
const MOST_MARKS = 500

export interface Typed {
  readonly query: string
  readonly variables?: Record<string, unknown> | undefined
  readonly operationName?: string | null | undefined
}

interface Options {
  readonly document: string
  readonly variables: string
  /** Sends what was typed, and answers what the editor shows. */
  readonly run: (typed: Typed) => Promise<object>
}

export interface Editor {
  /** Replaces what stands in the editor. */
  load(document: string, variables: string): void
}

/** What the editor shows, with what was withheld in it. */
export interface Shown {
  readonly data?: unknown
  readonly extensions?: { readonly masks?: readonly MaskEntry[] }
}

/** Opens the editor in the host. Nothing that is typed there is kept by the browser. */
export function openEditor(host: HTMLElement, { document, variables, run }: Options): Promise<Editor> {
  return new Promise(opened => {
    let shown: Shown = {}
    const fetcher = async (typed: Typed) => {
      const answer = await run(typed)
      if (typed.operationName !== 'IntrospectionQuery') shown = answer
      return answer as never
    }
    const props = {
      fetcher,
      storage: memory(),
      initialQuery: document,
      initialVariables: variables,
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: 'variables' as const,
    }
    const bridge = createElement(Bridge, { opened, shown: () => shown })
    const toolbar = createElement(GraphiQL.Toolbar, null, withBridge(bridge) as never)
    createRoot(host).render(createElement(GraphiQL, props, toolbar))
  })
}

// The toolbar's place is the only one in GraphiQL where its editors can be reached from.
function withBridge(bridge: ReactNode) {
  return ({ prettify, copy, merge }: Readonly<Record<'prettify' | 'copy' | 'merge', ReactNode>>) =>
    createElement('div', { style: { display: 'contents' } }, prettify, merge, copy, bridge)
}

interface BridgeProps {
  readonly opened: (editor: Editor) => void
  readonly shown: () => Shown
}

function Bridge({ opened, shown }: BridgeProps): null {
  const { queryEditor, variableEditor, responseEditor } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'responseEditor'),
  )
  useEffect(() => {
    if (queryEditor === undefined || variableEditor === undefined) return
    opened({
      load: (document, variables) => {
        queryEditor.setValue(document)
        variableEditor.setValue(variables)
      },
    })
  }, [queryEditor, variableEditor])
  useEffect(() => {
    if (responseEditor === undefined) return
    const marks = responseEditor.createDecorationsCollection()
    const listening = responseEditor.onDidChangeModelContent(() =>
      marks.set(marksOf(shown(), responseEditor.getValue())),
    )
    return () => listening.dispose()
  }, [responseEditor])
  return null
}

function marksOf(shown: Shown, text: string) {
  const masks = (shown.extensions?.masks ?? []).slice(0, MOST_MARKS)
  if (masks.length === 0 || text !== JSON.stringify(shown, null, 2)) return []
  const placeOf = ({ path }: MaskEntry) => placeKey(['data', ...path])
  const lines = linesOf(shown, new Set(masks.map(placeOf)))
  return masks.flatMap(mask => {
    const line = lines.get(placeOf(mask))
    if (line === undefined) return []
    const { reasonCode, policyId, policyVersion, remedy } = mask
    const end = text.split('\n', line)[line - 1]?.length ?? 0
    return [
      {
        range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: end + 1 },
        options: {
          after: { content: `  ⟵ ${mask.mask} ${reasonCode}`, inlineClassName: 'mask-note' },
          hoverMessage: { value: `${reasonCode}, ${policyId} ${policyVersion}. ${remedy}` },
        },
      },
    ]
  })
}

function memory(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'clear' | 'length'> {
  const items = new Map<string, string>()
  return {
    getItem: key => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: key => void items.delete(key),
    clear: () => items.clear(),
    get length() {
      return items.size
    },
  }
}
