// Icons of the menus for writing, which come with them.

import {
  ArrowDown,
  ArrowUp,
  CopyPlus,
  Heading1,
  Heading2,
  Heading3,
  Highlighter,
  Info,
  ListCollapse,
  Smile,
  Table,
  TableCellsMerge,
  TableCellsSplit,
  TextAlignCenter,
  TextAlignEnd,
  TextAlignStart,
  Type,
} from 'lucide';
import { icon } from '../ui/icons.js';

export const writingIcons = {
  alignCenter: icon(TextAlignCenter),
  alignRight: icon(TextAlignEnd),
  alignStart: icon(TextAlignStart),
  callout: icon(Info),
  down: icon(ArrowDown),
  duplicate: icon(CopyPlus),
  emoji: icon(Smile),
  heading1: icon(Heading1),
  heading2: icon(Heading2),
  heading3: icon(Heading3),
  highlight: icon(Highlighter),
  merge: icon(TableCellsMerge),
  section: icon(ListCollapse),
  split: icon(TableCellsSplit),
  table: icon(Table),
  text: icon(Type),
  up: icon(ArrowUp),
};
