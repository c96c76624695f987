import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameGuard } from '../../src/dap/frame-guard.ts';

const frame = (body: string): Buffer =>
  Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const request = frame('{"seq":1,"type":"request","command":"threads"}');

/** What comes through when `chunks` go in, and what is reported. */
function through(chunks: readonly Buffer[]): {
  readonly passed: Buffer;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const guard = new FrameGuard((problem) => problems.push(problem));
  const passed: Buffer[] = [];
  guard.on('data', (chunk: Buffer) => passed.push(chunk));
  for (const chunk of chunks) guard.write(chunk);
  guard.end();
  for (let chunk = guard.read(); chunk !== null; chunk = guard.read()) passed.push(chunk);
  return { passed: Buffer.concat(passed), problems };
}

describe('dap/frame-guard', () => {
  it('lets frames through, however they are cut', () => {
    const both = Buffer.concat([request, request]);
    for (let at = 1; at < both.length; at++) {
      const { passed, problems } = through([both.subarray(0, at), both.subarray(at)]);
      assert.deepEqual([passed.toString(), problems], [both.toString(), []]);
    }
  });

  it('takes other headers before and after the length', () => {
    const body = request.subarray(request.indexOf('{'));
    for (const text of [
      `Content-Type: x\r\nContent-Length: ${body.length}`,
      `Content-Length: ${body.length}\r\nX-Y: z`,
    ])
      assert.deepEqual(through([Buffer.from(`${text}\r\n\r\n`), body]).passed.toString(), request.toString());
  });

  const garbage: readonly (readonly [string, Buffer, RegExp])[] = [
    ['noise', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /no DAP frame/],
    ['noise without an end', Buffer.from('x'.repeat(10_000)), /no DAP frame/],
    ['a length that is none', Buffer.from('Content-Length: -5\r\n\r\n'), /no DAP frame/],
    ['a length beyond reason', Buffer.from('Content-Length: 999999999\r\n\r\n'), /no DAP frame/],
    ['broken JSON', frame('{"seq":1,'), /no JSON/],
    ['JSON that is no message', frame('[1,2]'), /no DAP message/],
    ['an event', frame('{"seq":1,"type":"event"}'), /sends requests/],
    ['a request without command', frame('{"seq":1,"type":"request"}'), /no command/],
    ['binary', Buffer.from([0, 255, 13, 10, 13, 10, 7]), /no DAP frame/],
  ];
  for (const [what, bytes, message] of garbage)
    it(`reports ${what}, and reads on`, () => {
      const { passed, problems } = through([bytes, request]);
      assert.match(problems.join('\n'), message);
      assert.equal(passed.toString(), request.toString());
    });

  it('reads on after anything at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const { passed } = through([Buffer.from(noise), Buffer.from('\r\n\r\n'), request, request]);
        assert.ok(passed.toString().endsWith(request.toString()));
      }),
    );
  });
});
