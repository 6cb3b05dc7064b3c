import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { identity } from '../../api/bytes';
import { needsLoading, reload } from '../../state/key-list';
import { onShortcut } from '../../state/shortcuts';
import { place } from '../../state/router';
import { CreateDialog } from './create-dialog';
import { KeyDetail } from './key-detail';
import { KeyList } from './key-list';

export function KeysPage(): JSX.Element {
  const { db, key } = place.value;
  const [creating, setCreating] = useState(false);
  useEffect(() => {
    if (needsLoading(db)) {
      void reload(db);
    }
  }, [db]);
  useEffect(() => onShortcut('n', () => setCreating(true)), []);
  return (
    <div class={key === null ? 'keys' : 'keys with-detail'}>
      <KeyList db={db} onCreate={() => setCreating(true)} />
      <section class="detail" aria-label="Key">
        {key === null
          ? <div class="empty roomy"><p class="empty-title">No key is open</p><p>Choose one from the list, or press <kbd>n</kbd> for a new one.</p></div>
          : <KeyDetail key={`${db}/${identity(key)}`} db={db} name={key} />}
      </section>
      {creating && <CreateDialog db={db} onClose={() => setCreating(false)} />}
    </div>
  );
}
