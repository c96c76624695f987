// Builds the sample guests, and the benchmarks', into the committed files */build/*.elf beside their sources: the same
// bytes on every machine that has the same compiler. With --check it builds into a temporary folder and compares
// instead.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const toolchain = 'riscv64-unknown-elf-';
const compilerVersion = '12.2.0';

const compilerFlags = [
  '-march=rv64imac_zicsr_zifencei',
  '-mabi=lp64',
  '-mcmodel=medany',
  '-msmall-data-limit=0', // no gp-relative data: gp is free and addresses stay plain
  '-std=gnu2x',
  '-Og',
  '-g',
  '-gdwarf-5',
  '-gno-record-gcc-switches',
  `-fdebug-prefix-map=${repository}=.`, // DWARF then names files as the repository does
  `-fmacro-prefix-map=${repository}=.`,
  '-ffreestanding',
  '-nostdinc',
  '-fno-omit-frame-pointer',
  '-fno-asynchronous-unwind-tables', // call frame information for debuggers only, in no loaded section
  '-fno-stack-protector',
  '-fno-common',
  '-Wall',
  '-Wextra',
  '-Werror',
];

main();

function main() {
  requireCompiler();
  const workFolder = mkdtempSync(path.join(tmpdir(), 'strata-guests-'));
  try {
    const images = buildAll(workFolder);
    if (process.argv.includes('--check')) check(images);
    else for (const [file, bytes] of images) install(file, bytes);
  } finally {
    rmSync(workFolder, { recursive: true });
  }
}

/**
 * Builds every image; answers their bytes by the path, inside the repository, at which each is committed.
 * @param {string} workFolder
 */
function buildAll(workFolder) {
  /** @type {Map<string, Buffer>} */
  const images = new Map();
  for (const name of ['hello', 'hello-m']) {
    const folder = 'sample-guests/hello';
    images.set(
      `${folder}/build/${name}.elf`,
      link(workFolder, name, `${folder}/${name}.ld`, [`${folder}/${name}.S`]),
    );
  }
  const folder = 'sample-guests/kernel';
  const shared = sourcesIn(`${folder}/common`);
  const library = [...sourcesIn(`${folder}/programs/library`), ...shared];
  const programs = sourcesIn(`${folder}/programs`).map((source) => {
    const name = path.basename(source, '.c');
    return { name, elf: link(workFolder, name, `${folder}/programs/program.ld`, [source, ...library]) };
  });
  for (const { name, elf } of programs) images.set(`${folder}/build/${name}.elf`, elf);
  writeFileSync(path.join(workFolder, 'programs.archive'), archive(workFolder, programs));
  const kernel = [...sourcesIn(folder), ...sourcesIn(`${folder}/syscall`), ...shared];
  images.set(`${folder}/build/pebble.elf`, link(workFolder, 'pebble', `${folder}/kernel.ld`, kernel));
  const kvm = 'sample-guests/kvm';
  images.set(
    `${kvm}/build/kvm-run.elf`,
    link(workFolder, 'kvm-run', `${folder}/programs/program.ld`, [...sourcesIn(kvm), ...shared]),
  );
  const compute = 'bench/guests/compute';
  images.set(
    `${compute}/build/compute.elf`,
    link(workFolder, 'compute', `${compute}/compute.ld`, sourcesIn(compute), [
      '-O2',
      '-fno-math-errno',
      '-march=rv64imafdc_zicsr_zifencei',
    ]),
  );
  return images;
}

/**
 * Compiles the sources, each once however many images have it, and links them; answers the image's bytes.
 * @param {string} workFolder @param {string} name @param {string} script @param {string[]} sources
 * @param {string[]} moreFlags
 */
function link(workFolder, name, script, sources, moreFlags = []) {
  const objects = sources.map((source) => {
    const object = path.join(workFolder, `${source.replaceAll('/', '-')}.o`);
    if (!existsSync(object))
      run('gcc', [...compilerFlags, ...moreFlags, `-Wa,-I${workFolder}`, '-c', source, '-o', object]);
    return object;
  });
  const elf = path.join(workFolder, `${name}.elf`);
  run('ld', [
    '-nostdlib',
    '--fatal-warnings',
    '-z',
    'max-page-size=4096',
    '-T',
    script,
    '-o',
    elf,
    ...objects,
  ]);
  return readFileSync(elf);
}

/**
 * The archive that sample-guests/kernel/archive.c reads: a count, the entries (name, offset, size), the files.
 * The files go without their debugging information, which would only fill the guest's memory.
 * @param {string} workFolder @param {{ name: string }[]} programs
 */
function archive(workFolder, programs) {
  const [nameSize, entrySize] = [16, 32];
  const entries = Buffer.alloc(8 + programs.length * entrySize);
  entries.writeBigUInt64LE(BigInt(programs.length));
  const files = [];
  let offset = entries.length;
  for (const [index, { name }] of programs.entries()) {
    const stripped = path.join(workFolder, `${name}.stripped`);
    run('strip', ['--strip-all', '-o', stripped, path.join(workFolder, `${name}.elf`)]);
    const file = readFileSync(stripped);
    const entry = entries.subarray(8 + index * entrySize);
    entry.write(name.padEnd(nameSize, '\0'), 'latin1');
    entry.writeBigUInt64LE(BigInt(offset), nameSize);
    entry.writeBigUInt64LE(BigInt(file.length), nameSize + 8);
    files.push(file, Buffer.alloc(-file.length & 7));
    offset += file.length + (-file.length & 7);
  }
  return Buffer.concat([entries, ...files]);
}

/**
 * The C and assembly files of one folder, in the order of their names on every machine.
 * @param {string} folder
 */
function sourcesIn(folder) {
  return readdirSync(path.join(repository, folder))
    .filter((name) => /\.[cS]$/.test(name))
    .toSorted()
    .map((name) => `${folder}/${name}`);
}

/** @param {string} tool @param {string[]} commandLine */
function run(tool, commandLine) {
  execFileSync(toolchain + tool, commandLine, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** @param {string} file @param {Buffer} bytes */
function install(file, bytes) {
  mkdirSync(path.join(repository, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(repository, file), bytes);
  console.log(`${String(bytes.length).padStart(8)}  ${file}`);
}

/** @param {Map<string, Buffer>} images */
function check(images) {
  const different = [...images]
    .filter(([file, bytes]) => !sameAsCommitted(file, bytes))
    .map(([file]) => file);
  const leftOver = committedImages().filter((file) => !images.has(file));
  for (const file of different) console.error(`${file}: differs from what its sources give`);
  for (const file of leftOver) console.error(`${file}: no source gives this file`);
  if (different.length + leftOver.length > 0) {
    console.error('Run `npm run guests` and commit what it writes.');
    process.exitCode = 1;
  } else {
    console.log(`${images.size} images are what their sources give`);
  }
}

/** @param {string} file @param {Buffer} bytes */
function sameAsCommitted(file, bytes) {
  const committed = path.join(repository, file);
  return existsSync(committed) && bytes.equals(readFileSync(committed));
}

function committedImages() {
  return ['sample-guests', 'bench/guests']
    .flatMap((root) => readdirSync(path.join(repository, root)).map((guest) => `${root}/${guest}/build`))
    .filter((folder) => existsSync(path.join(repository, folder)))
    .flatMap((folder) => readdirSync(path.join(repository, folder)).map((name) => `${folder}/${name}`));
}

function requireCompiler() {
  const found = compilerVersionFound();
  if (found === compilerVersion) return;
  if (found === undefined) {
    console.error(`${toolchain}gcc ${compilerVersion} builds the sample guests and is not installed here.`);
    console.error('On Debian 12: apt-get install gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf');
    console.error('(Only changing the guests needs it: what it builds is committed.)');
    process.exit(1);
  }
  console.warn(
    `${toolchain}gcc is ${found}; the committed images come from ${compilerVersion} and will differ.`,
  );
}

function compilerVersionFound() {
  try {
    return execFileSync(`${toolchain}gcc`, ['-dumpfullversion'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
