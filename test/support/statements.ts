// Finds every Cypher statement of the house in its source, by the compiler's own syntax tree.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { labelsIn, masked, relationshipTypesIn, writtenIn } from './cypher.ts'
import { type Audience, brokenRules } from './statement-rules.ts'

export interface StatementInSource {
  /** The path from the root of the checkout. */
  readonly file: string
  readonly line: number
  /** The constant that holds it, or `(inline)`. */
  readonly name: string
  /** With the constants that it embeds put in. */
  readonly text: string
  readonly audience: Audience
  readonly labels: readonly string[]
  readonly relationshipTypes: readonly string[]
  /** Labels and relationship types whose nodes or relationships it creates, changes or deletes. */
  readonly written: readonly string[]
  /** What is wrong with how it stands in the source; the rules about its text are `brokenRules`. */
  readonly misplaced: readonly string[]
}

const ROOT = join(import.meta.dirname, '../..')
const FOLDERS = ['core', 'subgraphs', 'seeds', 'gateway', 'commands']

/** All statements of the house, in order of file and line. */
export function allStatements(): readonly StatementInSource[] {
  return FOLDERS.flatMap(sourceFilesIn).flatMap(file => statementsIn(file, readFileSync(join(ROOT, file), 'utf8')))
}

/** The same by file, for the test of who owns which label. */
export function statementsByFile(): ReadonlyMap<string, readonly StatementInSource[]> {
  const byFile = new Map<string, StatementInSource[]>()
  for (const statement of allStatements()) {
    byFile.set(statement.file, [...(byFile.get(statement.file) ?? []), statement])
  }
  return byFile
}

/** Everything wrong with a statement, each with its place. */
export function violationsOf(statement: StatementInSource): readonly string[] {
  const { file, line, name, text, audience, misplaced } = statement
  return [...misplaced, ...brokenRules(text, audience)].map(rule => `${file}:${line} ${name}: ${rule}`)
}

/** The statements of one source text. Constants of other files that it embeds are read from the checkout. */
export function statementsIn(file: string, source: string): readonly StatementInSource[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true)
  const found: StatementInSource[] = []
  const visit = (node: ts.Node): void => {
    if (isText(node) && isStatement(node, tree)) found.push(described(node, tree))
    else ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** A statement that a store put together, as though it stood in this file. */
export function composedStatement(file: string, name: string, text: string, audience: Audience): StatementInSource {
  return { file, line: 0, name, audience, misplaced: [], text, ...namesIn(text) }
}

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression

const BEGINS_LIKE_CYPHER =
  /^\s*(MATCH|OPTIONAL MATCH|MERGE|CREATE|UNWIND|WITH|RETURN|CALL|FOREACH|DETACH DELETE|DROP|SHOW)\s*[\w($[{'"`:]/
const UPPER_CASE = /^[A-Z][A-Z0-9_]*$/

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)
}

function isStatement(node: Text, tree: ts.SourceFile): boolean {
  return isTagged(node) || BEGINS_LIKE_CYPHER.test(masked(expanded(node, tree).text))
}

function described(node: Text, tree: ts.SourceFile): StatementInSource {
  const { text, misplaced } = expanded(node, tree)
  const name = constantOf(node)
  return {
    file: tree.fileName,
    line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    name: name ?? '(inline)',
    text,
    audience: audienceOf(node, name ?? ''),
    ...namesIn(text),
    misplaced: isArgument(node) ? [...misplaced, 'a statement is inline: give it an UPPER_CASE name'] : misplaced,
  }
}

function namesIn(text: string): Pick<StatementInSource, 'labels' | 'relationshipTypes' | 'written'> {
  const harmless = masked(text)
  return {
    labels: labelsIn(harmless),
    relationshipTypes: relationshipTypesIn(harmless),
    written: writtenIn(harmless),
  }
}

// A text that `cypher` makes: whole or a part of a statement, and the compiler sees to it that no value is put in.
function isTagged(node: ts.Node): boolean {
  return ts.isTaggedTemplateExpression(node.parent) && node.parent.tag.getText() === 'cypher'
}

// Puts in what `${CONSTANT}` stands for; anything else between `${` and `}` could carry a value into the statement.
function expanded(node: Text, tree: ts.SourceFile): { text: string; misplaced: readonly string[] } {
  if (!ts.isTemplateExpression(node)) return { text: node.text, misplaced: [] }
  const misplaced: string[] = []
  const parts = node.templateSpans.map(({ expression, literal }) => {
    const constant = ts.isIdentifier(expression) && UPPER_CASE.test(expression.text) ? expression.text : undefined
    const text = constant === undefined ? undefined : textOfConstant(constant, tree)
    if (text === undefined && !isTagged(node))
      misplaced.push(`\${${expression.getText()}} is no UPPER_CASE constant with a text`)
    return (text ?? '') + literal.text
  })
  return { text: node.head.text + parts.join(''), misplaced }
}

function textOfConstant(name: string, tree: ts.SourceFile): string | undefined {
  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement)) {
      const declaration = statement.declarationList.declarations.find(
        ({ name: declared }) => declared.getText() === name,
      )
      const value = declaration?.initializer
      const literal = value !== undefined && ts.isTaggedTemplateExpression(value) ? value.template : value
      if (literal !== undefined && isText(literal)) return expanded(literal, tree).text
    }
    if (ts.isImportDeclaration(statement)) {
      const imported = importedName(statement, name)
      if (imported === undefined) continue
      const file = join(dirname(tree.fileName), (statement.moduleSpecifier as ts.StringLiteral).text)
      const source = readFileSync(join(ROOT, file), 'utf8')
      return textOfConstant(imported, ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true))
    }
  }
  return undefined
}

function importedName(declaration: ts.ImportDeclaration, local: string): string | undefined {
  const bindings = declaration.importClause?.namedBindings
  if (bindings === undefined || !ts.isNamedImports(bindings)) return undefined
  const element = bindings.elements.find(({ name }) => name.text === local)
  return element && (element.propertyName ?? element.name).text
}

// The UPPER_CASE constant around the text, also when it stands in a list or in { embedded, neo4j }.
function constantOf(node: ts.Node): string | undefined {
  for (let around: ts.Node | undefined = node.parent; around !== undefined; around = around.parent) {
    if (ts.isVariableDeclaration(around)) return around.name.getText()
    if (ts.isFunctionLike(around)) return undefined
  }
  return undefined
}

function audienceOf(node: ts.Node, constant: string): Audience {
  const { parent } = node
  const key = ts.isPropertyAssignment(parent) ? parent.name.getText() : ''
  if (key === 'neo4j' || constant.endsWith('_NEO4J')) return 'neo4j'
  if (key === 'embedded' || constant.endsWith('_EMBEDDED')) return 'embedded'
  return 'both'
}

function isArgument(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression !== node
}

function sourceFilesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort()
}
