export interface Logger { info(text: string): void }
export default function pino(): Logger;
