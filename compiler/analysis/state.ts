import { ts } from "ts-morph";
import { known } from "../catalog/lookup.ts";
import { scopeOf } from "./activations.ts";
import type { Facts } from "./facts.ts";
import { flowsOf } from "./flow.ts";
import { isModuleVariable } from "./mutations.ts";
import {
  type Access,
  bare,
  functionAround,
  isAccess,
  isFunctionNode,
  isInlineFunction,
  isText,
  memberText,
  nameText,
  rootName,
} from "./nodes.ts";
import type { Reading } from "./reading.ts";
import { calledSite, hostSite, shownName } from "./sinks.ts";
import type { Activation, Value } from "./value.ts";

/** What code reads and writes outside of itself: variables of modules, and the platform. */
export class StateReader {
  readonly #facts: Facts;
  readonly #at: Activation;
  readonly #out: Reading;
  /** One finding for a variable is enough. */
  readonly #told = new Set<ts.Symbol | string>();

  constructor(reading: Reading) {
    this.#facts = reading.facts;
    this.#at = reading.at;
    this.#out = reading;
  }

  #tell(key: ts.Symbol | string, node: ts.Node, symbol: string): void {
    if (this.#told.has(key) && !this.#isName(node)) return;
    this.#told.add(key);
    this.#out.report(hostSite("global-state", node, symbol));
  }

  /** Once told, a variable is told again where an effect's name is made from it. */
  #isName(node: ts.Node): boolean {
    return flowsOf(node, this.#facts, this.#at).some(({ kind }) => kind === "key");
  }

  readWrites(node: ts.Node): void {
    for (const target of this.#facts.mutations.writtenBy(node)) this.#readWrite(bare(target));
  }

  #readWrite(target: ts.Expression): void {
    const { mutations } = this.#facts;
    if (this.#isSharedSelf(target)) {
      this.#tell(target.getText(), target, target.getText());
      return;
    }
    const root = rootName(target);
    if (root === undefined) return;
    const symbol = mutations.moduleVariable(target);
    if (symbol !== undefined && !this.#isLanguage(symbol)) this.#tell(symbol, target, root.text);
    else if (symbol === undefined) this.#readOtherWrite(target, root);
  }

  /** A write to what is no variable of a module by its own name. */
  #readOtherWrite(target: ts.Expression, root: ts.Identifier): void {
    const own = this.#facts.types.symbolAt(root);
    const declaration = own?.declarations?.[0];
    if (own === undefined || declaration === undefined) {
      if (isAccess(target)) this.#tell(root.text, target, target.getText());
      return;
    }
    const isOutside = this.#isOfModule(declaration) || this.#isHandedState(root, target);
    if (isOutside) {
      this.#tell(own, target, root.text);
      return;
    }
    const isGlobal = this.#facts.names.nameOf(declaration) !== undefined;
    if (isGlobal && isAccess(target)) this.#tell(target.getText(), target, target.getText());
  }

  /** `this.count` of an object that a module keeps. */
  #isSharedSelf(target: ts.Expression): boolean {
    let inner = target;
    while (isAccess(inner)) inner = bare(inner.expression);
    if (inner.kind !== ts.SyntaxKind.ThisKeyword || inner === target) return false;
    return this.#facts.values
      .of(inner, this.#at)
      .some(
        (value) =>
          value.kind === "class" ||
          (value.kind === "instance" &&
            value.made !== this.#at &&
            (value.made?.isOfModule ?? false)) ||
          (value.kind === "object" && isAtTop(value)),
      );
  }

  /** A variable of a function that ran when its module was loaded: a counter in a closure. */
  #isOfModule(declaration: ts.Declaration): boolean {
    if (!ts.isVariableDeclaration(declaration)) return false;
    const scope = scopeOf(declaration, this.#at);
    return scope !== undefined && scope !== this.#at && scope.isOfModule;
  }

  /** A parameter that was handed an object of a module. */
  #isHandedState(root: ts.Identifier, target: ts.Expression): boolean {
    if (!isAccess(target)) return false;
    const declaration = this.#facts.types.symbolAt(root)?.valueDeclaration;
    if (declaration === undefined || !ts.isParameter(declaration)) return false;
    return this.#facts.values.of(root, this.#at).some(isAtTop);
  }

  #isLanguage(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((each) => this.#facts.language.isDeclaredHere(each));
  }

  readName(node: ts.Identifier): void {
    if (isDeclaredName(node)) return;
    const { types } = this.#facts;
    this.#readSymbol(node, types.symbolAt(node));
  }

  readShorthand(node: ts.ShorthandPropertyAssignment): void {
    this.#readSymbol(node.name, this.#facts.types.shorthandSymbol(node));
  }

  /** What is called by its name: its code is looked at elsewhere, but may be exchanged. */
  readCalled(node: ts.Identifier): void {
    const symbol = this.#facts.types.symbolAt(node);
    const isChanged = symbol !== undefined && this.#facts.mutations.isChanged(symbol);
    if (isChanged && isModule(symbol)) this.#tell(symbol, node, node.text);
  }

  #readSymbol(node: ts.Identifier, symbol: ts.Symbol | undefined): void {
    const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0];
    if (symbol === undefined || declaration === undefined) {
      this.#readUndeclared(node);
      return;
    }
    const name = this.#facts.names.nameOf(declaration);
    if (name !== undefined) {
      this.#readPlatform(node, name);
      return;
    }
    if (!isModuleVariable(declaration) || this.#isLanguage(symbol)) return;
    if (this.#facts.mutations.isChanged(symbol)) {
      this.#tell(symbol, node, node.text);
      return;
    }
    this.#readInitial(node, declaration);
  }

  #readUndeclared(node: ts.Identifier): void {
    for (const value of this.#facts.values.of(node, this.#at)) {
      if (value.kind === "external") this.#readPlatform(node, value.name);
    }
  }

  #readPlatform(node: ts.Node, name: string): void {
    const { category, isRead } = known(name);
    if (!isRead || category === "clean" || category === "unknown") return;
    this.#out.report(hostSite(category, node, shownName(name, node)));
  }

  /** A constant of a module is what its initial value was on this host, at that time. */
  #readInitial(node: ts.Identifier, declaration: ts.Declaration): void {
    let outer: ts.Node = declaration;
    while (!ts.isVariableDeclaration(outer)) outer = outer.parent;
    if (outer.initializer === undefined) return;
    const whole = bare(outer.initializer);
    const code = memberOfLiteral(node, whole) ?? whole;
    if (ts.isObjectBindingPattern(outer.name)) this.#readPatternOf(outer, node);
    if (!mayVary(code) || !this.#isPlainValue(code)) return;
    this.#out.link(
      this.#facts.activations.get(code, { scope: undefined, isOfModule: true }),
      node,
      "module-init",
    );
  }

  /** Clients and other objects of packages are not what they were made from. */
  #isPlainValue(code: ts.Expression): boolean {
    if (!ts.isNewExpression(code) && !ts.isCallExpression(code)) return true;
    return this.#facts.values.of(code.expression, undefined).every((value) => {
      if (value.kind === "class") return false;
      if (value.kind !== "external" || !value.name.includes("#")) return value.kind !== "language";
      const site = calledSite(value.name, code, code.arguments ?? [], this.#facts.declared);
      const isKept = site?.ruleId === "RD104" ? value.name.startsWith("fs#") : true;
      return isKept && site?.ruleId !== "RD120" && site?.ruleId !== "RD111";
    });
  }

  /** `const { env } = process`. */
  readPattern(node: ts.VariableDeclaration): void {
    if (ts.isObjectBindingPattern(node.name)) this.#readPatternOf(node, node);
  }

  #readPatternOf(declaration: ts.VariableDeclaration, at: ts.Node): void {
    const { name, initializer } = declaration;
    if (initializer === undefined || !ts.isObjectBindingPattern(name)) return;
    for (const element of name.elements) {
      const isIt = at === declaration || element.name.getText() === at.getText();
      const key = nameText(element.propertyName ?? element.name);
      if (key !== undefined && isIt) {
        this.#readMember(initializer, key, at === declaration ? element : at);
      }
    }
  }

  #readMember(base: ts.Expression, key: string, at: ts.Node): void {
    for (const value of this.#facts.values.of(base, this.#at)) {
      const [member] = value.kind === "external" ? this.#facts.values.members.of(value, key) : [];
      if (member?.kind === "external") this.#readPlatform(at, member.name);
    }
  }

  /** `${date}` is `date.toString()`. */
  readTemplate(node: ts.TemplateExpression): void {
    for (const { expression } of node.templateSpans) this.readText(expression);
  }

  /** `"at " + date`: beside a text, whatever it is becomes one. */
  readJoined({ left, right, operatorToken }: ts.BinaryExpression): void {
    if (operatorToken.kind !== ts.SyntaxKind.PlusToken) return;
    if (isText(left) || isText(right)) for (const each of [left, right]) this.readText(each);
  }

  /** What is made a text: a Date becomes one in the host's zone. */
  readText(node: ts.Expression): void {
    const inner = bare(node);
    const isOther = !(ts.isIdentifier(inner) || ts.isNewExpression(inner) || isAccess(inner));
    if (isOther) return;
    const symbol = this.#facts.types.typeAt(inner).getSymbol();
    const declaration = symbol?.declarations?.[0];
    if (symbol?.name !== "Date" || declaration === undefined) return;
    if (this.#facts.names.nameOf(declaration) !== "Date") return;
    this.#out.report(hostSite("locale", inner, `${inner.getText()}.toString()`));
  }

  /** `globalThis.x`, unless the platform has an `x`. */
  readGlobal(node: Access, key: string): boolean {
    const base = bare(node.expression);
    if (!ts.isIdentifier(base) || !GLOBALS.has(base.text) || known(key).category !== "clean")
      return false;
    const place = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
    const declaration = this.#facts.types.symbolAt(place)?.declarations?.[0];
    const file = declaration?.getSourceFile();
    const isPlatform =
      file !== undefined && this.#facts.types.isLibrary(file) && !this.#isAmbient(file);
    if (isPlatform || isFunctionOfLanguage(key)) return false;
    this.#tell(`globalThis.${key}`, node, node.getText());
    return true;
  }

  #isAmbient(file: ts.SourceFile): boolean {
    return !file.fileName.includes("/node_modules/");
  }

  readAccessor(node: Access): void {
    if (this.#isMadeByPlatform(bare(node.expression))) return;
    const place = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
    const isWritten = isAssignedTo(node);
    for (const declaration of this.#facts.types.symbolAt(place)?.declarations ?? []) {
      const isRun = isWritten
        ? ts.isSetAccessorDeclaration(declaration)
        : ts.isGetAccessorDeclaration(declaration);
      if (!isRun || !isFunctionNode(declaration) || declaration.body === undefined) continue;
      const [owner] = this.#facts.values.of(node.expression, this.#at).filter(hasMembers);
      const scope =
        owner?.kind === "instance" ? (owner.made ?? owner.scope) : scopeOf(declaration, this.#at);
      const to = this.#facts.activations.get(declaration, { scope, self: owner });
      this.#out.link(to, node, "getter");
    }
  }

  /** `const found = new Map()`: its members are none of the project's. */
  #isMadeByPlatform(base: ts.Expression): boolean {
    if (!ts.isIdentifier(base)) return ts.isArrayLiteralExpression(base);
    const declaration = this.#facts.types.symbolAt(base)?.valueDeclaration;
    if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return false;
    const { initializer, type } = declaration;
    if (initializer === undefined || type !== undefined || !ts.isNewExpression(initializer))
      return false;
    return this.#facts.values
      .of(initializer.expression, this.#at)
      .every((value) => value.kind === "external" && !value.name.includes("#"));
  }

  /** A field of a class itself: changed by somebody, or set from the host when it was made. */
  readStatic(node: Access): boolean {
    const root = bare(node.expression);
    if (!ts.isIdentifier(root) || !ts.isPropertyAccessExpression(node)) return false;
    const owner = this.#facts.types.symbolAt(root)?.valueDeclaration;
    if (owner === undefined || !ts.isClassDeclaration(owner)) return false;
    const symbol = this.#facts.types.symbolAt(node.name);
    const field = symbol?.valueDeclaration;
    if (symbol === undefined || field === undefined || !ts.isPropertyDeclaration(field))
      return false;
    if (this.#facts.mutations.isChanged(symbol)) this.#tell(symbol, node, node.getText());
    else if (field.initializer !== undefined && mayVary(bare(field.initializer))) {
      const code = bare(field.initializer);
      const to = this.#facts.activations.get(code, { scope: undefined, isOfModule: true });
      this.#out.link(to, node, "module-init");
    }
    return true;
  }

  /** `error.stack` of what was caught: it has no type. */
  readStack(node: Access): boolean {
    if (memberText(node) !== "stack") return false;
    const root = bare(node.expression);
    const declaration = ts.isIdentifier(root)
      ? this.#facts.types.symbolAt(root)?.valueDeclaration
      : undefined;
    if (declaration === undefined || !ts.isCatchClause(declaration.parent)) return false;
    this.#out.report(hostSite("error-stack", node, node.getText()));
    return true;
  }

  /** `this.out`, a parameter: what was read elsewhere, and is used here. */
  isGiven(node: ts.Expression): boolean {
    if (isAccess(node)) return bare(node.expression).kind === ts.SyntaxKind.ThisKeyword;
    if (!ts.isIdentifier(node)) return false;
    const declaration = this.#facts.types.symbolAt(node)?.valueDeclaration;
    if (declaration === undefined) return false;
    return ts.isParameter(declaration) || isModuleVariable(declaration);
  }

  /** `process` of `process.cwd()`: what is called says what it is. */
  isPlainGlobal(node: ts.Expression): boolean {
    if (!ts.isIdentifier(node) && !isAccess(node)) return false;
    const root = rootName(node);
    const isExternal = (each: ts.Expression): boolean => {
      const values = this.#facts.values.of(each, this.#at);
      return values.length > 0 && values.every(({ kind }) => kind === "external");
    };
    return root !== undefined && isExternal(root) && (root === node || isExternal(node));
  }
}

const GLOBALS: ReadonlySet<string> = new Set(["globalThis", "global", "window", "self"]);

function isModule(symbol: ts.Symbol): boolean {
  return symbol.valueDeclaration !== undefined && isModuleVariable(symbol.valueDeclaration);
}

function isAssignedTo(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return false;
  const { kind } = parent.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

const isFunctionOfLanguage = (key: string): boolean => key === "undefined" || key === "globalThis";

const hasMembers = ({ kind }: Value): boolean =>
  kind === "instance" || kind === "object" || kind === "class";

function isAtTop(value: Value): boolean {
  if (value.kind === "object") return functionAround(value.node) === undefined;
  return (
    value.kind === "list" && !ts.isParameter(value.node) && functionAround(value.node) === undefined
  );
}

/** `x` in `const x`, `x:` and the like declares or labels; it is not read. */
function isDeclaredName(node: ts.Identifier): boolean {
  const { parent } = node;
  return "name" in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
}

function memberOfLiteral(node: ts.Identifier, whole: ts.Expression): ts.Expression | undefined {
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) return undefined;
  const literal = literalIn(whole);
  const property = literal?.properties.find((each) => nameText(each.name) === parent.name.text);
  return property !== undefined && ts.isPropertyAssignment(property)
    ? bare(property.initializer)
    : undefined;
}

/** The object of `{ … }` and of `Object.freeze({ … })`. */
function literalIn(node: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(node)) return node;
  const [first] = ts.isCallExpression(node) ? node.arguments : [];
  if (!ts.isCallExpression(node) || first === undefined) return undefined;
  const isFreeze = isAccess(node.expression) && memberText(node.expression) === "freeze";
  const inner = bare(first);
  return isFreeze && ts.isObjectLiteralExpression(inner) ? inner : undefined;
}

/** Whether evaluating this asks anybody anything. */
function mayVary(node: ts.Node): boolean {
  if (isInlineFunction(node) || ts.isClassLike(node)) return false;
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || isAccess(node)) return true;
  if (ts.isIdentifier(node) || ts.isMetaProperty(node)) return true;
  return ts.forEachChild(node, (child) => mayVary(child) || undefined) ?? false;
}
