import { same, type Bytes } from '../../api/bytes';
import { deleteKey } from '../../api/keys';
import { dropKey } from '../../state/key-list';
import { stats } from '../../state/live';
import { say } from '../../state/notice';
import { goTo, place } from '../../state/router';
import { askFirst } from '../../ui/dialog';
import { BytesText } from '../../ui/parts';

export function askDelete(db: number, key: Bytes): void {
  askFirst({
    title: 'Delete this key?',
    text: <><p class="quoted"><BytesText value={key} /></p><p>It is gone for every client at once, and there is no way back.</p></>,
    action: 'Delete',
    run: async () => {
      await deleteKey(db, key);
      dropKey(key);
      say('The key is deleted.');
      const open = place.value.key;
      if (open !== null && same(open, key)) {
        goTo({ page: 'keys', key: null });
      }
    },
  });
}

/** An answered write is on disk already, unless the server was told to sync later. */
export function saySaved(): void {
  say(stats.value?.server?.appendfsync === 'always' ? 'Saved, and on disk.' : 'Saved.');
}
