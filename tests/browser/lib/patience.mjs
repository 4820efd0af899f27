// How long anything is waited for, in milliseconds: a slow machine is no fault, and what comes at once is not waited for.
export const kPatience = 90_000;
