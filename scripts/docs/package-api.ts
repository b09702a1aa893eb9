/** API.md of a published package: for every export its comment, and its declaration without the code. */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A package, and what there is to say about its reference. */
interface PackageApi {
  readonly name: string;
  /** Import name and source file of every entry. */
  readonly entries: readonly (readonly [name: string, path: string])[];
  /** A file whose exports have a reference elsewhere, and the sentence that says where. */
  readonly leftOut?: { readonly file: string; readonly sentence: string };
}

const packages: readonly PackageApi[] = [
  {
    name: 'node-openflow',
    entries: [
      ['node-openflow', 'src/index.ts'],
      ['node-openflow/testing', 'src/testing/index.ts'],
    ],
  },
  {
    name: 'ovsdb-client',
    entries: [
      ['ovsdb-client', 'src/index.ts'],
      ['ovsdb-client/testing', 'src/testing/index.ts'],
    ],
    leftOut: {
      file: 'open-vswitch.ts',
      sentence:
        'The types of the rows of Open_vSwitch, which are exported as well, are in `src/schema/open-vswitch.ts`; what their\n' +
        'columns mean is in ovs-vswitchd.conf.db(5).',
    },
  },
];

const folder = fileURLToPath(new URL('../../packages/', import.meta.url));

/** @returns the text of `API.md` for each package, by path from the repository's root */
export function packageApiPages(): Record<string, string> {
  return Object.fromEntries(packages.map((api) => [`packages/${api.name}/API.md`, apiPage(api)]));
}

function apiPage({ name, entries, leftOut }: PackageApi): string {
  const files = entries.map(([, path]) => join(folder, name, path));
  // Without the libraries: nothing is checked here, and reading them would take most of the time.
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    noLib: true,
    types: [],
  });
  const sections = entries.map(([entry], i) => entrySection(program, entry, files[i] as string, leftOut));
  const notes = leftOut === undefined ? [] : [leftOut.sentence, ''];
  return [`# API of ${name}`, '', ...notes, ...sections].join('\n');
}

function entrySection(
  program: ts.Program,
  name: string,
  file: string,
  leftOut: PackageApi['leftOut'],
): string {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} exports nothing`);
  const sections = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((symbol) => symbolSection(symbol, checker, leftOut))
    .filter((section) => section !== undefined);
  return [`## ${name}`, '', ...sections].join('\n');
}

function symbolSection(
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  leftOut: PackageApi['leftOut'],
): string | undefined {
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  if (first === undefined || basename(first.getSourceFile().fileName) === leftOut?.file) {
    return undefined;
  }
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const code = declarations.map(declarationText).join('\n');
  return [`### ${symbol.name}`, '', ...(comment === '' ? [] : [comment, '']), '```ts', code, '```', ''].join(
    '\n',
  );
}

/** A declaration as its author wrote it, without bodies, values and private members. */
function declarationText(declaration: ts.Declaration): string {
  if (ts.isClassDeclaration(declaration)) {
    return classText(declaration);
  }
  if (ts.isFunctionDeclaration(declaration)) {
    return headText(declaration, declaration.body);
  }
  if (ts.isVariableDeclaration(declaration)) {
    const { type, initializer } = declaration;
    const given = type === undefined ? ` = ${initializer?.getText()}` : `: ${type.getText()}`;
    return `const ${declaration.name.getText()}${given}`;
  }
  return declaration.getText().replace(/^export /, '');
}

function classText(declaration: ts.ClassDeclaration): string {
  const heritage = (declaration.heritageClauses ?? []).map((clause) => ` ${clause.getText()}`).join('');
  const members = declaration.members.filter(isPublic).map((member) => {
    const comment = ts.getJSDocCommentsAndTags(member).map((doc) => `  ${doc.getText()}\n`);
    return `${comment.join('')}  ${memberText(member)};`;
  });
  const head = `class ${declaration.name?.text ?? ''}${heritage}`;
  return members.length === 0 ? `${head} {}` : `${head} {\n${members.join('\n')}\n}`;
}

function isPublic(member: ts.ClassElement): boolean {
  const isHidden = member.name !== undefined && ts.isPrivateIdentifier(member.name);
  return !isHidden && !ts.isClassStaticBlockDeclaration(member);
}

function memberText(member: ts.ClassElement): string {
  if (ts.isPropertyDeclaration(member)) {
    const { type, initializer } = member;
    const readonly = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword);
    const given = type === undefined ? ` = ${initializer?.getText()}` : `: ${type.getText()}`;
    return `${readonly === true ? 'readonly ' : ''}${member.name.getText()}${given}`;
  }
  return headText(member, (member as ts.MethodDeclaration).body);
}

/** What stands before the body. */
function headText(node: ts.Node, body: ts.Node | undefined): string {
  const text = node.getText();
  const head = body === undefined ? text : text.slice(0, body.getStart() - node.getStart());
  return head.replace(/^export /, '').trim();
}
