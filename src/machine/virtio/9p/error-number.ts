/** Linux's numbers of errors, which 9P2000.L answers with. */
export const errorNumber = {
  notPermitted: 1,
  noEntry: 2,
  inputOutput: 5,
  badDescriptor: 9,
  exists: 17,
  notFolder: 20,
  isFolder: 21,
  invalid: 22,
  fileTooLarge: 27,
  noSpace: 28,
  readOnly: 30,
  nameTooLong: 36,
  notEmpty: 39,
  protocol: 71,
  notSupported: 95,
} as const;

/** A request that cannot be done: it is caught where requests are answered. */
export class RequestError extends Error {
  readonly number: number;

  constructor(reason: keyof typeof errorNumber) {
    super(reason);
    this.number = errorNumber[reason];
  }
}
