import assert from 'node:assert/strict';
import { ExitLog } from '../../../src/vmm/exits/log.ts';
import { ExitRecord, type ExitNames } from '../../../src/vmm/exits/record.ts';
import { column } from '../../../src/vmm/exits/row.ts';

const names: ExitNames = {
  guest: () => 'guest',
  device: () => ({ name: 'device', registers: [] }),
  vcpu: () => ({ guest: 'guest', id: 0 }),
};

/** What a record tells of some exits only. */
const sometimes = [
  'instruction',
  'hypercall',
  'access',
  'device',
  'register',
  'csr',
  'injected',
  'mapped',
  'resumed',
  'cost',
] as const;

function write(log: ExitLog, pc: bigint): void {
  const row = log.begin();
  row.setWide(column.pc, pc);
  row.set(column.guest, 1);
}

describe('vmm/exits/log', () => {
  it('keeps the newest exits and their exact number', () => {
    const log = new ExitLog(4);
    for (let pc = 0n; pc < 10n; pc++) write(log, pc);
    assert.equal(log.total, 10);
    assert.deepEqual(
      [...log.newest()].map((row) => row.getWide(column.pc)),
      [9n, 8n, 7n, 6n],
    );
    assert.deepEqual(
      [...log.newest(2)].map((row) => row.getWide(column.pc)),
      [9n, 8n],
    );
    assert.equal(log.row(5), undefined);
    assert.equal(log.row(10), undefined);
  });

  it('hands out copies that later exits do not change', () => {
    const log = new ExitLog(1);
    write(log, 0xffff_ffff_8000_0000n);
    const row = log.row(0);
    write(log, 2n);
    assert.equal(row?.getWide(column.pc), 0xffff_ffff_8000_0000n);
  });

  it('leaves no trace of the row that it writes over', () => {
    const log = new ExitLog(1);
    write(log, 1n);
    assert.equal(log.begin().get(column.guest), 0);
    log.current.words.fill(0xffff_ffff);
    const row = log.begin();
    for (const always of [column.step, column.pc, column.stval, column.htval]) row.setWide(always, 0n);
    const record = new ExitRecord(row.copy(), names);
    for (const name of sometimes) assert.equal(record[name], undefined, name);
  });

  it('goes back in history and forward again', () => {
    const log = new ExitLog(4);
    for (let pc = 0n; pc < 6n; pc++) write(log, pc);
    log.restore(4);
    assert.deepEqual(
      [...log.newest()].map((row) => row.getWide(column.pc)),
      [3n, 2n],
    );
    write(log, 4n);
    write(log, 5n);
    assert.deepEqual(
      [...log.newest()].map((row) => row.getWide(column.pc)),
      [5n, 4n, 3n, 2n],
    );
  });

  it('holds counts of 53 bits', () => {
    const row = new ExitLog(1).begin();
    row.setCount(column.step, 2 ** 53 - 1);
    assert.equal(row.getCount(column.step), 2 ** 53 - 1);
  });
});
