// Events by (time, sequence): the sequence breaks ties, so that equal times keep their order.

export interface SimEvent {
  /** Microseconds of virtual time, an integer: no floats decide what comes first. */
  readonly atUs: number;
  readonly sequence: number;
  /** Whose event this is; goes into the trace hash. */
  readonly label: string;
  /** Absent once cancelled. */
  run: (() => void) | undefined;
}

const COMPACT_MIN = 256;

/** A binary heap, and beside it a plain queue for what is due at the present time. */
export class EventQueue {
  #heap: SimEvent[] = [];
  #due: SimEvent[] = [];
  #dueAt = 0;
  #cancelled = 0;

  /** Events that are still to run. */
  get size(): number {
    return this.#heap.length + this.#due.length - this.#dueAt - this.#cancelled;
  }

  /** `event.atUs` is the present time: cheaper than `push`, in the same order. */
  pushDue(event: SimEvent): void {
    this.#due.push(event);
  }

  push(event: SimEvent): void {
    this.#heap.push(event);
    this.#siftUp(this.#heap.length - 1);
  }

  cancel(event: SimEvent): void {
    if (event.run === undefined) return;
    event.run = undefined;
    this.#cancelled++;
    // Time-outs are mostly cancelled: without this, a long run drags all of them along.
    if (this.#cancelled > COMPACT_MIN && this.#cancelled * 2 > this.#heap.length) this.#compact();
  }

  peek(): SimEvent | undefined {
    for (;;) {
      const event = this.#first();
      if (event === undefined || event.run !== undefined) return event;
      this.#remove(event);
      this.#cancelled--;
    }
  }

  pop(): SimEvent | undefined {
    const event = this.peek();
    if (event !== undefined) this.#remove(event);
    return event;
  }

  #first(): SimEvent | undefined {
    const due = this.#due[this.#dueAt];
    const top = this.#heap[0];
    if (due === undefined || top === undefined) return due ?? top;
    return isBefore(due, top) ? due : top;
  }

  #remove(event: SimEvent): void {
    if (event === this.#due[this.#dueAt]) {
      this.#dueAt++;
      if (this.#dueAt === this.#due.length) {
        this.#due.length = 0;
        this.#dueAt = 0;
      }
      return;
    }
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #compact(): void {
    this.#heap = this.#heap.filter((event) => event.run !== undefined);
    this.#due = this.#due.slice(this.#dueAt).filter((event) => event.run !== undefined);
    this.#dueAt = 0;
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#siftDown(i);
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    const event = heap[start];
    if (event === undefined) return;
    let at = start;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = event;
  }

  #siftDown(start: number): void {
    const heap = this.#heap;
    const event = heap[start];
    if (event === undefined) return;
    let at = start;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = heap[childAt];
      if (child === undefined) break;
      const right = heap[childAt + 1];
      if (right !== undefined && isBefore(right, child)) {
        childAt++;
        child = right;
      }
      if (isBefore(event, child)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = event;
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.atUs === b.atUs ? a.sequence < b.sequence : a.atUs < b.atUs;
}
