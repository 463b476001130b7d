export let issued = 0;
export function nextTicket(): number { issued += 1; return issued; }
