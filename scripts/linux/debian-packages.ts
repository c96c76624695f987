import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The release with riscv64 that is meant, and those to fall back on while a mirror has it only in part. */
const riscvSuites = ['trixie', 'forky', 'sid'] as const;
/** Firmware for all architectures comes from the release of the machine's own kind that issue and tests name. */
const firmwareSuite = 'bookworm';
const firmwareArchitecture = 'amd64';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * What `take` makes of Debian's packages, which come from the first release that gives them all; what was unpacked
 * before, from whichever release, is taken as it is. `base` is the folder for the lists, what was fetched, and what that
 * unpacks to: `root/PACKAGE/…`. Throws where no release gives them.
 */
export function withDebianPackages<T>(base: string, take: (packages: DebianPackages) => T): T {
  const failures: string[] = [];
  for (const suite of [...riscvSuites, ...riscvSuites]) {
    try {
      return take(new DebianPackages(base, suite));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      tell(`${suite} does not have it whole: ${reason.split('\n')[0]}`);
      failures.push(`${suite}: ${reason}`);
    }
  }
  throw new Error(`no release with riscv64 can be had whole\n${failures.join('\n')}`);
}

/**
 * Debian packages for riscv64 from one release, fetched and unpacked by an apt that has a folder of its own, and so
 * touches nothing of the machine's. The mirror is the machine's. Throws where something cannot be had.
 */
export class DebianPackages {
  readonly #base: string;
  readonly #suite: string;
  #options: readonly string[] | undefined;

  constructor(base: string, suite: string) {
    this.#base = base;
    this.#suite = suite;
  }

  /** The folder of an unpacked package; fetches it unless it is there from before. */
  unpacked(name: string, origin: 'riscv64' | 'firmware' = 'riscv64'): string {
    const folder = join(this.#base, 'root', name);
    if (existsSync(folder)) return folder;
    const downloads = join(this.#base, 'downloads', name);
    rmSync(downloads, { recursive: true, force: true });
    mkdirSync(downloads, { recursive: true });
    tell(`fetching ${name}`);
    const request = origin === 'firmware' ? `${name}/${firmwareSuite}` : `${name}:riscv64`;
    this.#apt('apt-get', ['download', request], downloads);
    const [file] = readdirSync(downloads);
    if (file === undefined) throw new Error(`apt-get download ${request} left no file`);
    // What is there is there whole: a folder gets its name when it is complete.
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    execFileSync('dpkg-deb', ['-x', join(downloads, file), partial]);
    rmSync(downloads, { recursive: true });
    renameSync(partial, folder);
    return folder;
  }

  /** The dependency of a metapackage whose name begins so: what it stands for, and the folder it unpacks to. */
  unpackedDependency(name: string, prefix: string): { readonly name: string; readonly folder: string } {
    const marker = join(this.#base, 'root', `${name}.depends`);
    if (existsSync(marker)) {
      const known = readFileSync(marker, 'utf8');
      if (existsSync(join(this.#base, 'root', known))) return { name: known, folder: this.unpacked(known) };
    }
    const dependency = this.#dependencies(name).find((each) => each.startsWith(prefix));
    if (dependency === undefined) throw new Error(`${name} depends on no ${prefix}…`);
    const folder = this.unpacked(dependency);
    writeFileSync(marker, dependency);
    return { name: dependency, folder };
  }

  #dependencies(name: string): readonly string[] {
    const text = this.#apt('apt-cache', ['show', `${name}:riscv64`], this.#base);
    const dependencies = /^Depends: (.*)$/m.exec(text)?.[1]?.split(',') ?? [];
    return dependencies.map((each) => each.trim().split(' ')[0] ?? '');
  }

  #apt(program: 'apt-get' | 'apt-cache', args: readonly string[], folder: string): string {
    this.#options ??= this.#update(this.#suite);
    return run(program, [...this.#options, ...args], folder);
  }

  #update(suite: string): readonly string[] {
    const state = join(this.#base, 'apt', suite);
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(state, 'archives', 'partial'), { recursive: true });
    const status = join(state, 'status');
    const sources = join(state, 'sources.list');
    const mirror = machineMirror();
    const source = (architecture: string, release: string): string =>
      `deb [${existsSync(keyring) ? `signed-by=${keyring} ` : ''}arch=${architecture}] ${mirror} ${release} main\n`;
    writeFileSync(status, '');
    writeFileSync(sources, source('riscv64', suite) + source(firmwareArchitecture, firmwareSuite));
    const settings = [
      `Dir::Etc::sourcelist=${sources}`,
      'Dir::Etc::sourceparts=/dev/null',
      `Dir::State=${state}`,
      `Dir::State::status=${status}`,
      `Dir::Cache=${state}`,
      'APT::Architecture=riscv64',
      'APT::Architectures::=riscv64',
      `APT::Architectures::=${firmwareArchitecture}`,
      'APT::Update::Error-Mode=any',
      'APT::Sandbox::User=root',
      'Acquire::Languages=none',
      'Acquire::Retries=3',
    ];
    const options = settings.flatMap((setting) => ['-o', setting]);
    tell(`fetching the list of Debian's packages for riscv64, ${suite}`);
    run('apt-get', [...options, 'update'], this.#base);
    return options;
  }
}

/** On standard error: it takes a minute or more, in which a person wants to see something happen. */
function tell(progress: string): void {
  process.stderr.write(`${progress} …\n`);
}

/** The archive that this machine's own packages come from. */
function machineMirror(): string {
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const format = '$(RELEASE) $(COMPONENT) $(REPO_URI)';
  const targets = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], '/');
  for (const line of targets.split('\n')) {
    const [suite, component, address] = line.split(' ');
    if (suite === release && component === 'main' && address !== undefined) return address;
  }
  throw new Error("apt's sources name no Debian archive to fetch riscv64 packages from");
}

function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`${program} ${args.at(-1) ?? ''} failed: ${said}`, { cause: error });
  }
}
