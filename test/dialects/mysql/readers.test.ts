import { describe, expect, test } from 'vitest';
import { columnText } from '../../../src/dialects/mysql/kinds/column-text.ts';
import { eventText } from '../../../src/dialects/mysql/kinds/event-text.ts';
import { readProgram, triggerText } from '../../../src/dialects/mysql/kinds/program-text.ts';
import { readSequence } from '../../../src/dialects/mysql/kinds/sequence.ts';
import { readTable } from '../../../src/dialects/mysql/kinds/show-create.ts';
import { withoutDatabase, withoutMarks } from '../../../src/dialects/mysql/kinds/text.ts';
import { readView } from '../../../src/dialects/mysql/kinds/view.ts';

/** Printed by MariaDB 10.11.19. */
const PRINTED = [
  'CREATE TABLE `t` (',
  '  `id` int(11) NOT NULL DEFAULT nextval(`shop`.`s1`),',
  '  `a` int(11) DEFAULT NULL CHECK (`a` > 0),',
  "  `v` int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL INVISIBLE COMMENT 'c, (d',",
  '  `ts` timestamp NULL DEFAULT NULL,',
  '  `u` datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),',
  '  `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)),',
  '  `z` text /*M!100301 COMPRESSED*/ DEFAULT NULL,',
  "  `e` enum('a','it''s','DEFAULT') DEFAULT 'it''s',",
  '  `x` int(11) DEFAULT NULL WITHOUT SYSTEM VERSIONING,',
  '  PERIOD FOR `p` (`s`, `e`),',
  '  PRIMARY KEY (`id`),',
  '  UNIQUE KEY `id` (`id`,`p` WITHOUT OVERLAPS),',
  "  KEY `k` (`a` DESC) COMMENT 'x' IGNORED,",
  '  FULLTEXT KEY `f` (`z`),',
  '  CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `par``ent` (`id`) ON DELETE CASCADE,',
  '  CONSTRAINT `c1` CHECK (`a` < `id`)',
  ") ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='PARTITION BY ' `page_compressed`='1' WITH SYSTEM VERSIONING",
  ' PARTITION BY RANGE (`id`)',
  '(PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB)',
].join('\n');

describe('SHOW CREATE TABLE', () => {
  const read = readTable(withoutDatabase(PRINTED, 'shop'));

  test('is read into columns that say the same once more', () => {
    const texts = read.columns.map((column) => [column.name, columnText(column)]);
    expect(texts).toEqual([
      ['id', 'int(11) NOT NULL DEFAULT nextval(`s1`)'],
      ['a', 'int(11) DEFAULT NULL CHECK (`a` > 0)'],
      ['v', "int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL INVISIBLE COMMENT 'c, (d'"],
      ['ts', 'timestamp NULL DEFAULT NULL'],
      ['u', 'datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)'],
      ['j', 'longtext COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`))'],
      ['z', 'text COMPRESSED DEFAULT NULL'],
      ['e', "enum('a','it''s','DEFAULT') DEFAULT 'it''s'"],
      ['x', 'int(11) DEFAULT NULL WITHOUT SYSTEM VERSIONING'],
    ]);
    expect(read.columns[5]).toMatchObject({ charset: 'utf8mb4', clauses: ['DEFAULT NULL', 'CHECK (json_valid(`j`))'] });
    expect(read.columns[2]).toMatchObject({ generated: 'virtual', expression: '`a` * 2', names: ['a'] });
  });

  test('is read into indexes, constraints and all else, the counter left out', () => {
    expect(read.indexes.map(({ name, unique, definition }) => [name, unique, definition])).toEqual([
      ['PRIMARY', true, '(`id`)'],
      ['id', true, '(`id`,`p` WITHOUT OVERLAPS)'],
      ['k', false, "(`a` DESC) COMMENT 'x' IGNORED"],
      ['f', false, 'FULLTEXT (`z`)'],
    ]);
    expect(read.constraints).toEqual([
      {
        name: 'fk',
        type: 'FOREIGN KEY',
        definition: 'FOREIGN KEY (`a`) REFERENCES `par``ent` (`id`) ON DELETE CASCADE',
        columns: ['a'],
        references: { table: 'par`ent', columns: ['id'] },
      },
      { name: 'c1', type: 'CHECK', definition: 'CHECK (`a` < `id`)', columns: ['a', 'id'], references: undefined },
    ]);
    expect(read.options).toEqual([
      'ENGINE=InnoDB',
      'DEFAULT CHARSET=utf8mb4',
      'COLLATE=utf8mb4_general_ci',
      "COMMENT='PARTITION BY '",
      "`page_compressed`='1'",
    ]);
    expect(read.clauses).toEqual(['PERIOD FOR `p` (`s`, `e`)', 'WITH SYSTEM VERSIONING']);
    expect(read.partitionBy).toBe('RANGE (`id`)\n(PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB)');
    expect(read.rest).toEqual([]);
  });

  test('names what is none of these', () => {
    const { rest } = readTable('CREATE TABLE `t` (\n  `a` int,\n  WHATEVER `x` (`a`)\n) ENGINE=InnoDB AND MORE');
    expect(rest).toEqual(['clause of this: WHATEVER `x` (`a`)', 'clause of this: AND MORE']);
  });
});

describe('texts', () => {
  test('lose the marks of comments that are code, and nothing in strings', () => {
    expect(withoutMarks("a /*M!100301 COMPRESSED*/ b /*!80016 NOT ENFORCED */, '/*!1 x */' /* gone? */ c")).toBe(
      "a COMPRESSED b NOT ENFORCED, '/*!1 x */' /* gone? */ c",
    );
  });

  test('lose their own database before routines and sequences, not before what may be a column', () => {
    const text = "select `shop`.`f`(1), `shop`.`id`, nextval(`shop`.`s`), '`shop`.`f`(1)' from `other`.`f`(2)";
    expect(withoutDatabase(text, 'shop')).toBe(
      "select `f`(1), `shop`.`id`, nextval(`s`), '`shop`.`f`(1)' from `other`.`f`(2)",
    );
  });
});

describe('other objects', () => {
  test('a view', () => {
    expect(
      readView(
        'CREATE ALGORITHM=MERGE DEFINER=`a``b`@`%` SQL SECURITY INVOKER VIEW `v` AS select 1 AS `1` WITH LOCAL CHECK OPTION',
      ),
    ).toEqual({
      definer: '`a``b`@`%`',
      options: ['ALGORITHM=MERGE', 'SQL SECURITY INVOKER'],
      definition: 'AS select 1 AS `1` WITH LOCAL CHECK OPTION',
    });
  });

  test('a trigger, as it was typed', () => {
    const typed =
      'CREATE DEFINER=`root`@`localhost` trigger shop.g before insert on shop.t for each row precedes h set new.a=1';
    const { definer, name, rest } = readProgram(typed);
    expect([definer, name]).toEqual(['`root`@`localhost`', 'g']);
    expect(triggerText(rest)).toBe('BEFORE INSERT ON `t` FOR EACH ROW set new.a=1');
  });

  test('programs made under ANSI_QUOTES, aggregates and packages', () => {
    expect(readProgram('CREATE DEFINER="root"@"localhost" PACKAGE BODY "pk" as x', 'ANSI_QUOTES')).toEqual({
      definer: '`root`@`localhost`',
      noun: 'PACKAGE BODY',
      name: 'pk',
      rest: 'as x',
    });
    expect(
      readProgram('CREATE DEFINER=`r`@`h` AGGREGATE FUNCTION `ag`(x int) RETURNS int(11)\nreturn 1'),
    ).toMatchObject({
      noun: 'AGGREGATE FUNCTION',
      name: 'ag',
      rest: '(x int) RETURNS int(11)\nreturn 1',
    });
  });

  test('a sequence', () => {
    expect(
      readSequence(
        "CREATE SEQUENCE `s2` start with 5 minvalue 5 maxvalue 500 increment by 5 cache 10 cycle ENGINE=InnoDB COMMENT='hi'",
      ),
    ).toMatchObject({ start: '5', maximum: '500', cache: '10', cycle: true, options: ["ENGINE=InnoDB COMMENT='hi'"] });
  });

  test('an event, whose times are told from when it was made', () => {
    const times = { created: '2026-11-21 20:24:14', altered: '2026-11-21 20:24:14' };
    const tail = ' ON COMPLETION NOT PRESERVE ENABLE DO set @x=1';
    const read = (schedule: string): string =>
      eventText(`ON SCHEDULE ${schedule}${tail}`, times).slice(12, -tail.length);
    expect(read("EVERY 1 DAY STARTS '2026-11-21 20:24:14'")).toBe('EVERY 1 DAY');
    expect(read("AT '2026-11-21 21:24:15'")).toBe('AT CURRENT_TIMESTAMP + INTERVAL 1 HOUR');
    expect(read("EVERY 1 DAY STARTS '2026-11-22 20:24:14' ENDS '2037-01-01 00:00:00'")).toBe(
      "EVERY 1 DAY STARTS CURRENT_TIMESTAMP + INTERVAL 24 HOUR ENDS '2037-01-01 00:00:00'",
    );
    expect(read("EVERY 1 DAY STARTS '2020-01-01 00:24:14'")).toBe("EVERY 1 DAY STARTS '2020-01-01 00:24:14'");
  });
});
