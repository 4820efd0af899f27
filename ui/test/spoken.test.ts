// Every text that the control room shows comes from locales/: none stands in the components themselves.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const kSpokenAttributes = new Set(['title', 'aria-label', 'aria-description', 'aria-valuetext', 'alt', 'placeholder', 'label']);
/** The same in every language: a standard, a key of the keyboard. */
const kNames = /\b(?:SensorThings|Esc)\b/g;
const holdsWords = (text: string) => /\p{L}{3,}/u.test(text.replace(kNames, ''));

/** What is shown of an expression when it is a text itself: 'Reporting', `${n} stations`, late ? 'Late' : 'Silent'. */
function literals(node: ts.Node): string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...literals(node.left), ...literals(node.right)].filter(() => node.operatorToken.kind === ts.SyntaxKind.PlusToken);
  if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node)) return node.expression ? literals(node.expression) : [];
  return [];
}

export function writtenInto(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) found.push(node.text.trim());
    if (ts.isJsxExpression(node) && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))) found.push(...literals(node));
    if (ts.isJsxAttribute(node) && kSpokenAttributes.has(node.name.getText()) && node.initializer) found.push(...literals(node.initializer));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.tsx', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found.filter(holdsWords);
}

function* componentsIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* componentsIn(path);
    else if (entry.name.endsWith('.tsx')) yield path;
  }
}

describe('components', () => {
  it('are searched for texts, attributes and the branches of expressions', () => {
    expect(writtenInto('<p title="Late now">{late ? "Silent" : t("list.title")}</p>')).toEqual(['Late now', 'Silent']);
    expect(writtenInto('<p class="late" data-state="silent">{`${n} stations`}</p>')).toEqual([' stations']);
    expect(writtenInto('<p>{t("list.title")} <b>{n}</b> µg/m³</p>')).toEqual([]);
  });
  it('hold no text for people', () => {
    const found = [...componentsIn(source)].flatMap((path) => writtenInto(readFileSync(path, 'utf8')).map((text) => `${path.slice(source.length + 1)}: ${text}`));
    expect(found).toEqual([]);
  });
});
