// Names of nodes, clients and clusters. They become tokens of subjects and names of files: a dot, a
// space or a wildcard in one would be somebody else's subject.

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** Words with a meaning of their own where names stand (DESIGN §7). */
const RESERVED: ReadonlySet<string> = new Set(["join", "api"]);

export const NAME_RULE = 'letters, digits, _ and -, at most 63, not "join" or "api"';

export const isName = (text: string): boolean => NAME.test(text) && !RESERVED.has(text);
