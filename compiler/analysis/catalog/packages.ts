// Packages that workflows are often found beside, by what their documentation says they do.

import { isVerdict, type ModuleEntry, type Verdict } from "./entry.ts";

const NOW_OF_DATE_FNS = `isToday isTomorrow isYesterday isPast isFuture isThisHour isThisMinute
  isThisMonth isThisQuarter isThisSecond isThisWeek isThisYear isThisISOWeek formatDistanceToNow
  formatDistanceToNowStrict startOfToday startOfTomorrow startOfYesterday endOfToday endOfTomorrow
  endOfYesterday constructNow`;

const LOCAL_OF_DATE_FNS = `format getHours getMinutes getDate getDay getMonth getYear startOfDay
  endOfDay startOfWeek endOfWeek startOfMonth endOfMonth startOfYear endOfYear startOfHour
  endOfHour setHours setMinutes setDate setMonth setYear setDay isSameDay isSameWeek isSameMonth
  isSameYear isMonday isTuesday isWednesday isThursday isFriday isSaturday isSunday isWeekend parse
  parseISO formatRelative formatISO lightFormat intlFormat differenceInCalendarDays`;

const LODASH: ModuleEntry = {
  rest: "clean",
  members: {
    random: "random sample sampleSize shuffle",
    time: "now",
    timer: "delay defer debounce throttle",
    "global-state": "uniqueId",
  },
};

const DETAILED: Readonly<Record<string, ModuleEntry>> = {
  uuid: {
    rest: "random",
    members: { clean: "v3 v5 parse stringify validate version NIL MAX", time: "v1 v6" },
  },
  lodash: LODASH,
  "lodash-es": LODASH,
  underscore: LODASH,
  "date-fns": {
    rest: "clean",
    members: { time: NOW_OF_DATE_FNS, locale: LOCAL_OF_DATE_FNS },
  },
  "date-fns-tz": { rest: "clean" },
  luxon: {
    rest: "clean",
    members: {
      time: "DateTime.now DateTime.local DateTime#toRelative DateTime#diffNow Interval.after",
      locale: "DateTime#toLocaleString DateTime.fromISO DateTime.fromFormat DateTime.fromJSDate",
      env: "Settings SystemZone",
    },
  },
  moment: { rest: "time", members: { clean: "utc duration isMoment isDate" } },
  dayjs: { rest: "time", members: { clean: "isDayjs extend Dayjs" } },
  seedrandom: { rest: "clean" },
  "random-js": {
    rest: "random",
    members: { clean: "MersenneTwister19937.seed MersenneTwister19937.seedWithArray" },
  },
};

/** All that these do is of one kind. */
const UNIFORM: Readonly<Partial<Record<Verdict, string>>> = {
  random: `nanoid nanoid/non-secure ulid ulidx cuid @paralleldrive/cuid2 short-uuid hyperid
    crypto-random-string unique-string shortid chance faker @faker-js/faker ksuid typeid-js
    uuid-random random-number-csprng`,
  io: `axios got node-fetch undici ky superagent request cross-fetch pg pg-promise postgres mysql
    mysql2 redis ioredis mongodb mongoose @prisma/client typeorm knex sequelize kysely drizzle-orm
    better-sqlite3 sqlite3 nodemailer stripe amqplib kafkajs nats ws socket.io socket.io-client
    fs-extra glob fast-glob globby execa cross-spawn chokidar aws-sdk googleapis twilio
    @sendgrid/mail @slack/web-api openai @anthropic-ai/sdk graphql-request minio ssh2 level`,
  logging: "pino winston bunyan debug log4js loglevel consola signale npmlog tslog roarr",
  async: "p-limit p-retry p-map p-queue p-timeout bluebird async q rxjs",
  timer: "delay ms-delay node-cron cron node-schedule later",
  env: "dotenv config envalid env-var convict os-name systeminformation detect-port which",
  clean: `zod yup ajv joi valibot io-ts superstruct ramda fp-ts immer immutable decimal.js big.js
    bignumber.js bn.js fast-deep-equal deep-equal semver slugify change-case camelcase clsx qs
    fast-json-stable-stringify json-stable-stringify safe-stable-stringify object-hash superjson
    ms bytes currency.js dinero.js mathjs tslib ts-pattern neverthrow validator lodash.merge
    lodash.get lodash.set klona rfdc dequal ohash hash-sum just-clone remeda radash mnemonist
    assert-never tiny-invariant type-fest`,
};

export const PACKAGES: Readonly<Record<string, ModuleEntry>> = {
  ...Object.fromEntries(
    Object.entries(UNIFORM).flatMap(([rest, names = ""]) =>
      names
        .split(/\s+/)
        .filter((name) => name !== "")
        .map((name) => [name, { rest: asVerdict(rest) }]),
    ),
  ),
  ...DETAILED,
};

/** Whole scopes. */
export const SCOPES: readonly (readonly [RegExp, Verdict])[] = [
  [/^@aws-sdk\//, "io"],
  [/^@google-cloud\//, "io"],
  [/^@azure\//, "io"],
];

function asVerdict(word: string): Verdict {
  return isVerdict(word) ? word : "unknown";
}
