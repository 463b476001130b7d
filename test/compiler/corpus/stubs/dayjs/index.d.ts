export interface Dayjs { valueOf(): number; format(): string }
declare function dayjs(at?: number | string): Dayjs;
export default dayjs;
