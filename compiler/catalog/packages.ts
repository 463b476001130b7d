import type { Names, Verdict } from "./entry.ts";

/** All that these do is of one kind, from their documentation. */
const UNIFORM: Readonly<Partial<Record<Verdict, string>>> = {
  random: `nanoid/non-secure cuid ksuid short-uuid crypto-random-string hyperid randombytes
    random-int chance @faker-js/faker unique-string shortid faker typeid-js uuid-random
    random-number-csprng`,
  clean: `seedrandom ms drizzle-orm ramda immer immutable zod valibot yup joi ajv superstruct
    io-ts arktype @sinclair/typebox class-validator ts-pattern neverthrow superjson devalue
    big.js bn.js dinero.js fast-deep-equal deep-equal fast-json-stable-stringify
    json-stable-stringify deepmerge semver qs query-string yaml js-yaml slugify change-case
    camelcase pluralize validator handlebars mustache marked object-hash p-is-promise tslib
    reflect-metadata uuid-by-string tiny-invariant clsx safe-stable-stringify bytes
    currency.js lodash.merge lodash.get lodash.set klona rfdc dequal ohash hash-sum
    just-clone mnemonist assert-never type-fest date-fns-tz`,
  timer: "delay p-timeout p-retry node-cron ms-delay cron node-schedule later",
  async: "p-limit p-map p-queue bluebird rxjs async q",
  io: `bull bullmq cross-fetch undici superagent request ws socket.io socket.io-client express
    fastify koa pg postgres mysql mysql2 mongoose redis ioredis sqlite3 better-sqlite3 knex
    sequelize typeorm @prisma/client kafkajs amqplib nats nodemailer stripe twilio openai
    @anthropic-ai/sdk @google-cloud/storage @slack/web-api fs-extra graceful-fs rimraf glob
    fast-glob globby chokidar execa shelljs pg-promise kysely cross-spawn aws-sdk googleapis
    @sendgrid/mail minio ssh2 level`,
  env: "envalid config env-var is-docker systeminformation convict os-name detect-port which",
  concurrency: "piscina workerpool",
  logging: `pino winston bunyan log4js loglevel consola signale debug tslog roarr @sentry/node
    @opentelemetry/api npmlog`,
};

const DETAILED: Readonly<Record<string, Names>> = {
  uuid: { clean: "* v1ToV6 v6ToV1", random: "v1 v4 v6 v7 default" },
  nanoid: { random: "*", clean: "urlAlphabet" },
  ulid: { random: "*", clean: "decodeTime encodeTime isValid" },
  ulidx: { random: "*", clean: "decodeTime encodeTime isValid" },
  "@paralleldrive/cuid2": { random: "*", clean: "isCuid" },
  bson: { clean: "*", random: "ObjectId UUID" },
  dayjs: {
    locale: "*",
    time: "call default now utc fromNow toNow",
    clean: `isDayjs valueOf unix toISOString isBefore isAfter isSame isValid diff add subtract
      toJSON`,
    "global-state": "extend",
  },
  moment: {
    locale: "*",
    time: "call default now utc fromNow calendar",
    clean: "valueOf unix toISOString diff isBefore isAfter",
  },
  luxon: {
    clean: "*",
    time: `DateTime.now DateTime.local DateTime.utc DateTime.toRelative
      DateTime.toRelativeCalendar Settings.now`,
    locale: `DateTime.toLocaleString DateTime.fromISO DateTime.fromJSDate DateTime.fromMillis
      DateTime.fromFormat DateTime.fromObject DateTime.fromSQL Info`,
    "global-state": "Settings",
  },
  "date-fns": {
    locale: "*",
    time: `isToday isTomorrow isYesterday isFuture isPast isThisWeek isThisMonth isThisYear
      isThisHour isThisMinute startOfToday startOfTomorrow startOfYesterday endOfToday
      endOfTomorrow endOfYesterday formatDistanceToNow formatDistanceToNowStrict
      constructNow`,
    clean: `addMilliseconds addSeconds addMinutes addHours subMilliseconds subSeconds subMinutes
      subHours compareAsc compareDesc differenceInMilliseconds differenceInSeconds
      differenceInMinutes differenceInHours formatISODuration fromUnixTime getTime
      getUnixTime isAfter isBefore isDate isEqual isValid isWithinInterval max min
      minutesToMilliseconds hoursToMilliseconds secondsToMilliseconds milliseconds toDate`,
  },
  axios: { io: "*", clean: "isAxiosError isCancel AxiosError" },
  got: { io: "*", clean: "HTTPError TimeoutError" },
  "node-fetch": { io: "*", clean: "FetchError" },
  ky: { io: "*", clean: "HTTPError" },
  mongodb: { io: "*", random: "ObjectId" },
  "graphql-request": { io: "*", clean: "gql" },
  dotenv: { env: "*", clean: "parse" },
  lodash: {
    clean: "*",
    random: "random sample sampleSize shuffle",
    time: "now",
    timer: "debounce throttle delay defer",
    "global-state": "uniqueId",
  },
  "lodash-es": {
    clean: "*",
    random: "random sample sampleSize shuffle",
    time: "now",
    timer: "debounce throttle delay defer",
    "global-state": "uniqueId",
  },
  underscore: { clean: "*", random: "random sample shuffle", time: "now" },
  remeda: { clean: "*", random: "randomInteger sample shuffle" },
  "es-toolkit": {
    clean: "*",
    random: "random randomInt sample sampleSize shuffle",
    timer: "delay debounce throttle timeout",
  },
  radash: { clean: "*", random: "random draw shuffle uid" },
  "fp-ts": { clean: "*", random: "Random", time: "Date", logging: "Console" },
  "decimal.js": { clean: "*", random: "Decimal.random" },
  "bignumber.js": { clean: "*", random: "BigNumber.random" },
  mathjs: { clean: "*", random: "random randomInt pickRandom" },
  jsonwebtoken: { time: "*", clean: "decode" },
  "crypto-js": { clean: "*", random: "lib.WordArray.random" },
  bcrypt: { random: "*", clean: "compareSync" },
  bcryptjs: { random: "*", clean: "compareSync" },
  "random-js": {
    random: "*",
    clean: "MersenneTwister19937.seed MersenneTwister19937.seedWithArray",
  },
};

/**
 * What common packages do. One that is not listed is unknown: what it does is not read. A subpath
 * without a line of its own is as its package.
 */
export const PACKAGES: Readonly<Record<string, Names>> = {
  ...Object.fromEntries(
    Object.entries(UNIFORM).flatMap(([verdict, packages]) =>
      packages.split(/\s+/).map((name) => [name, { [verdict]: "*" }]),
    ),
  ),
  ...DETAILED,
};

/** Whole scopes. */
export const SCOPES: readonly (readonly [RegExp, Names])[] = [
  [/^@(?:aws-sdk|google-cloud|azure|sendgrid)\//, { io: "*" }],
  [/^@types\//, { clean: "*" }],
];
