import { Pool } from "pg";
import pino from "pino";
import { compute, workflow } from "raftoral";

const pool = new Pool();
const logger = pino();

async function save(id: string): Promise<number> {
  logger.info(id);
  const { rowCount } = await pool.query("insert into orders values ($1)", [id]);
  return rowCount ?? 0;
}

export const persisted = workflow({
  name: "persisted",
  run: function* (id: string) {
    const saved = yield* compute("save", () => save(id));
    return yield* compute("save again", save.bind(undefined, `${id}-${saved}`));
  },
});
