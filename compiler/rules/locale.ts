// RD108: when a locale and a time zone are named, every host formats alike (given the same ICU).

import { ts } from "ts-morph";
import type { External } from "../analysis/external.ts";
import { bare, nameText } from "../analysis/syntax.ts";

type Call = ts.CallExpression | ts.NewExpression | undefined;

/** Place of the locale among the arguments. Methods not listed depend on the host in any case. */
const LOCALE_AT: Readonly<Record<string, number>> = {
  "String#localeCompare": 1,
  "String#toLocaleUpperCase": 0,
  "String#toLocaleLowerCase": 0,
  "Number#toLocaleString": 0,
  "BigInt#toLocaleString": 0,
  "Array#toLocaleString": 0,
  "ReadonlyArray#toLocaleString": 0,
  "Date#toLocaleString": 0,
  "Date#toLocaleDateString": 0,
  "Date#toLocaleTimeString": 0,
};

/** The call names what it would else take from the host. */
export function isLocaleFixed({ module, member }: External, call: Call): boolean {
  if (module !== undefined) return false;
  if (member === "Intl") return true;
  if (member.startsWith("Intl.") || member.startsWith("DateTimeFormat")) {
    if (call === undefined || !ts.isIdentifier(lastName(call))) return !isConstructor(member);
    const isDate = member.includes("DateTimeFormat");
    return isLocale(call, 0) && (!isDate || hasZone(call));
  }
  const at = LOCALE_AT[member];
  if (at === undefined) return false;
  return isLocale(call, at) && (!member.startsWith("Date#") || hasZone(call));
}

const isConstructor = (member: string): boolean => /^Intl\.\w+$/.test(member);

function lastName(call: ts.CallExpression | ts.NewExpression): ts.Node {
  const callee = bare(call.expression);
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}

function isLocale(call: Call, at: number): boolean {
  const argument = call?.arguments?.[at];
  if (argument === undefined) return false;
  const value = bare(argument);
  const isUndefined = ts.isIdentifier(value) && value.text === "undefined";
  const isEmpty = ts.isArrayLiteralExpression(value) && value.elements.length === 0;
  return !isUndefined && !isEmpty;
}

function hasZone(call: Call): boolean {
  return (call?.arguments ?? []).some((argument) => {
    const value = bare(argument);
    if (!ts.isObjectLiteralExpression(value)) return false;
    return value.properties.some(
      (one) => one.name !== undefined && nameText(one.name) === "timeZone",
    );
  });
}
