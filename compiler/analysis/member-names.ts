import { ts } from "ts-morph";
import { bare, walkTree } from "./nodes.ts";
import type { Types } from "./types.ts";

/**
 * Methods of lists and texts that are clean, and that nothing else of the platform or of common
 * packages is called. Most calls are of these, and what they are called on need not be known then:
 * to know it is what costs.
 */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ...named(
    "Array",
    `map filter reduce reduceRight forEach some every findIndex findLast findLastIndex includes
     indexOf lastIndexOf join flatMap flat toSorted toReversed toSpliced with`,
  ),
  ...named(
    "String",
    `trim trimStart trimEnd split replaceAll toLowerCase toUpperCase padStart padEnd startsWith
     endsWith charCodeAt charAt codePointAt substring repeat matchAll`,
  ),
  ...named("Number", "toFixed toPrecision toExponential"),
  ...named(
    "Date",
    `getTime toISOString getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds
     getUTCMinutes getUTCMonth getUTCSeconds`,
  ),
]);

function named(owner: string, names: string): readonly (readonly [string, string])[] {
  return names.split(/\s+/).map((name) => [name, `${owner}.${name}`]);
}

/** The names that members have in the project's own sources. */
export class MemberNames {
  readonly #types: Types;
  #members: Set<string> | undefined;
  readonly #accessors = new Set<string>();
  readonly #holders = new Set<string>();

  constructor(types: Types) {
    this.#types = types;
  }

  /** The catalogue's name for a member, where the member's own name says enough. */
  plain(name: string): string | undefined {
    const known = PLAIN.get(name);
    return known !== undefined && !this.#index().has(name) ? known : undefined;
  }

  /** Whether the sources have a getter or setter of this name: then a read may run code. */
  isAccessor(name: string): boolean {
    this.#index();
    return this.#accessors.has(name);
  }

  hasAccessors(): boolean {
    this.#index();
    return this.#accessors.size > 0;
  }

  /** Whether a member of this name may be a function, or hold one, in the sources. */
  mayHold(name: string): boolean {
    this.#index();
    return this.#holders.has(name);
  }

  #index(): ReadonlySet<string> {
    if (this.#members !== undefined) return this.#members;
    const members = new Set<string>();
    for (const file of this.#types.files) {
      if (this.#types.isLibrary(file)) continue;
      walkTree(file, (node) => {
        this.#note(node, members);
        return undefined;
      });
    }
    this.#members = members;
    return members;
  }

  #note(node: ts.Node, members: Set<string>): void {
    if (!isMember(node) || node.name === undefined || !("text" in node.name)) return;
    members.add(node.name.text);
    const isAccessor = ts.isGetAccessorDeclaration(node) || ts.isSetAccessorDeclaration(node);
    if (isAccessor) this.#accessors.add(node.name.text);
    if (isAccessor || holdsFunction(node)) this.#holders.add(node.name.text);
  }
}

type Member = ts.ClassElement | ts.TypeElement | ts.ObjectLiteralElementLike;

const isMember = (node: ts.Node): node is Member =>
  ts.isClassElement(node) || ts.isTypeElement(node) || ts.isObjectLiteralElement(node);

/** A method, or a member with a value that is no mere text, number or list. */
function holdsFunction(node: ts.Node): boolean {
  if (ts.isMethodDeclaration(node) || ts.isShorthandPropertyAssignment(node)) return true;
  const hasValue = ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node);
  if (!hasValue) return false;
  // A field without a value is set by a constructor.
  if (node.initializer === undefined) return true;
  const value = bare(node.initializer);
  return !(ts.isLiteralExpression(value) || ts.isTemplateExpression(value) || isFlag(value));
}

function isFlag({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword;
}
