// Icons that only the bar of a picture has: they come with it.

import { Captions, ChevronsLeftRight, ChevronsRightLeft, ImageUp, MessageSquareText, Scan } from 'lucide';
import { icon } from '../ui/icons.js';

export const pictureIcons = {
  caption: icon(Captions),
  describe: icon(MessageSquareText),
  narrower: icon(ChevronsRightLeft),
  ownSize: icon(Scan),
  replace: icon(ImageUp),
  wider: icon(ChevronsLeftRight),
};
