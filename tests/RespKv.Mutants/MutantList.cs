namespace RespKv.Mutants;

/// <summary>The faults. Each is one that a careless change could really make.</summary>
internal static class MutantList
{
    /// <summary>
    /// The records of one turn are always in one batch, which recovery takes whole or not at all: no crash shows that there were two of them. The scripts count them.
    /// </summary>
    private const string ScriptTests = "FullyQualifiedName~KeyScriptTests";

    /// <summary>The simulation's clients do not listen.</summary>
    private const string PushTests = "FullyQualifiedName~PushFenceTests";

    /// <summary>The simulation's clients do not wait for keys.</summary>
    private const string CrashScenarios = "FullyQualifiedName~CrashScenarioTests";

    public static readonly IReadOnlyList<Mutant> All =
    [
        new(
            "sync-skipped",
            "D2",
            "fdatasync of the log is skipped",
            "RespKv.Storage/Wal/WalLog.cs",
            "                _file!.SyncData();\n",
            "                if (!IS_ON) { _file!.SyncData(); }\n"),
        new(
            "durable-early",
            "D2",
            "DurableLsn and the replies move when the batch is written, before it is synced",
            "RespKv.Engine/Commit/CommitPipeline.cs",
            "            long durable = log.Sync();\n            long syncMicros",
            "            if (IS_ON) { Volatile.Write(ref _durableLsn, lastLsn); Volatile.Write(ref _releasedLsn, lastLsn); _waiters.Release(); }\n            long durable = log.Sync();\n            long syncMicros"),
        new(
            "failed-sync-ignored",
            "D3",
            "a failed fdatasync counts as done",
            "RespKv.Storage/Wal/WalLog.cs",
            "            catch (StorageException failure)\n            {\n                _failure = failure;\n                throw;\n            }\n\n            _syncedWrites = writes;",
            "            catch (StorageException failure)\n            {\n                if (!IS_ON) { _failure = failure; throw; }\n            }\n\n            _syncedWrites = writes;"),
        new(
            "reply-before-fence",
            "D1",
            "a reply leaves whatever LSN it carries",
            "RespKv.Engine/Sessions/ReplyQueue.cs",
            "            while (_markCount > 0 && _marks[_markHead].Lsn <= releasedLsn)",
            "            while (_markCount > 0 && (IS_ON || _marks[_markHead].Lsn <= releasedLsn))"),
        new(
            "push-before-fence",
            "D8",
            "a message, a keyspace event or an invalidation does not wait for what was appended before it",
            "RespKv.Engine/Sessions/ReplyQueue.cs",
            "            if (lsn > _release.ReleasedLsn)\n            {\n                AddMark",
            "            if (!IS_ON && lsn > _release.ReleasedLsn)\n            {\n                AddMark",
            PushTests),
        new(
            "push-without-its-record",
            "D8",
            "a message does not wait for the record that is open, or is opened later in its block",
            "RespKv.Engine/PubSub/Pusher.cs",
            "        long lsn = mayRecord ? commit.AppendedLsn + 1 : commit.AppendedLsn;",
            "        long lsn = mayRecord && !IS_ON ? commit.AppendedLsn + 1 : commit.AppendedLsn;",
            PushTests),
        new(
            "read-not-fenced",
            "D1",
            "a read does not carry the LSN of what it has seen",
            "RespKv.Engine/Commit/InFlightTable.cs",
            "=> Math.Max(_lsnByBucket[Bucket(database, hash)], _allKeysLsn);",
            "=> IS_ON ? 0 : Math.Max(_lsnByBucket[Bucket(database, hash)], _allKeysLsn);"),
        new(
            "deletion-not-in-flight",
            "D1",
            "a deletion is not noted in the in-flight table",
            "RespKv.Engine/Execution/Mutator.cs",
            "        commit.InFlight.Note(database, key.Hash, fill.LastLsn + 1);\n",
            "        if (!IS_ON || !deletes) { commit.InFlight.Note(database, key.Hash, fill.LastLsn + 1); }\n"),
        new(
            "flush-not-in-flight",
            "D1",
            "what touches whole databases is not noted in the in-flight table",
            "RespKv.Engine/Commit/InFlightTable.cs",
            "    public void NoteAll(long lsn) => _allKeysLsn = lsn;",
            "    public void NoteAll(long lsn) => _allKeysLsn = IS_ON ? 0 : lsn;"),
        new(
            "directory-not-synced",
            "D4",
            "the directory is not synced when a segment gets its name",
            "RespKv.Storage/Wal/WalLog.cs",
            "            _files.SyncDirectory(_directory);\n        }\n        catch",
            "            if (!IS_ON) { _files.SyncDirectory(_directory); }\n        }\n        catch"),
        new(
            "table-name-not-synced",
            "D4",
            "the directory is not synced before the manifest names a table",
            "RespKv.Storage/Manifest/TableSet.cs",
            "            if (handles.Values.Any(handle => handle.Versions == 0))",
            "            if (!IS_ON && handles.Values.Any(handle => handle.Versions == 0))"),
        new(
            "table-not-synced",
            "D4",
            "a table is not synced before the manifest names it",
            "RespKv.Storage/Tables/TableOutput.cs",
            "        _file.SyncData();\n        int bytes",
            "        if (!IS_ON) { _file.SyncData(); }\n        int bytes"),
        new(
            "manifest-not-synced",
            "D4",
            "an edit of the manifest is not synced before segments are retired",
            "RespKv.Storage/Manifest/ManifestFile.cs",
            "        _file.Write(record, _offset);\n        _file.SyncData();\n",
            "        _file.Write(record, _offset);\n        if (!IS_ON) { _file.SyncData(); }\n"),
        new(
            "torn-tail-accepted",
            "D5",
            "the log's tail counts although its last batch was torn",
            "RespKv.Storage/Wal/WalSegmentReader.cs",
            "        if (batch.Length < bytes)\n        {\n            return WalBatchState.Incomplete;\n        }\n\n        if (!WalBatchHeader.CrcMatches(batch))",
            "        if (batch.Length < bytes)\n        {\n            return WalBatchState.Incomplete;\n        }\n\n        if (!(IS_ON && batch[^1] == 0) && !WalBatchHeader.CrcMatches(batch))"),
        new(
            "checksum-ignored",
            "D5",
            "the checksum of a batch is not looked at",
            "RespKv.Storage/Wal/WalBatchHeader.cs",
            "        return crc == Crc32C.Compute(batch[WalFormat.BatchKindOffset..]);",
            "        return IS_ON || crc == Crc32C.Compute(batch[WalFormat.BatchKindOffset..]);"),
        new(
            "segment-retired-early",
            "D6",
            "segments are retired up to what is durable in the log, not up to the checkpoint",
            "RespKv.Storage/Wal/WalSegmentList.cs",
            "_segments[1].FirstLsn - 1 <= checkpointLsn && ",
            "(IS_ON || _segments[1].FirstLsn - 1 <= checkpointLsn) && "),
        new(
            "checkpoint-behind-its-lsn",
            "D6",
            "the manifest says that the checkpoint holds one record more than it does",
            "RespKv.Storage/Checkpoints/CheckpointWriter.cs",
            "            CheckpointLsn = lsn,\n            Spaces",
            "            CheckpointLsn = IS_ON ? Math.Min(lsn + 1, _log.DurableLsn) : lsn,\n            Spaces"),
        new(
            "expiry-replayed-relative",
            "D7",
            "an expiry is replayed as if its time began at the recovery",
            "RespKv.Engine/Execution/Databases.cs",
            "                target.SetExpiry(key, hash, number);",
            "                target.SetExpiry(key, hash, IS_ON && number > 0 ? number + 1000 : number);"),
        new(
            "block-split",
            "D7",
            "a MULTI block becomes a record for each of its commands",
            "RespKv.Engine/Execution/BlockExecutor.cs",
            "        runner.Run(session, entry, args, context, start);\n",
            "        runner.Run(session, entry, args, context, start);\n        if (IS_ON) { engine.EndRecord(); }\n",
            ScriptTests),
        new(
            "multi-key-split",
            "D7",
            "a command that changes several keys becomes a record for each",
            "RespKv.Engine/Execution/Mutator.cs",
            "bool deletes = false)\n    {\n        WalBatch fill = Fill;\n",
            "bool deletes = false)\n    {\n        WalBatch fill = Fill;\n        if (IS_ON && fill.RecordOpen) { fill.EndRecord(); }\n",
            ScriptTests),
        new(
            "batch-order-swapped",
            "D2",
            "two batches reach the log in the wrong order: the second takes the first one's place",
            "RespKv.Engine/Commit/CommitPipeline.cs",
            "                _fill.Reset(nextLsn);\n",
            "                _fill.Reset(IS_ON ? Math.Max(1, nextLsn - 1) : nextLsn);\n"),
        new(
            "merge-order-swapped",
            "D7",
            "of two versions of a key in the tables the older one counts",
            "RespKv.Storage/Tables/MergeTree.cs",
            "        int order = right.LastLsn.CompareTo(left.LastLsn);",
            "        int order = IS_ON ? left.LastLsn.CompareTo(right.LastLsn) : right.LastLsn.CompareTo(left.LastLsn);"),
        new(
            "recovery-not-synced",
            "D2",
            "what recovery reads from the cache is served without having been synced",
            "RespKv.Storage/Wal/WalRecovery.cs",
            "        file.SyncData();\n        file.DropCache();",
            "        if (!IS_ON) { file.SyncData(); file.DropCache(); }"),
        new(
            "removal-not-logged",
            "D2",
            "elements that are taken out of a collection are not logged",
            "RespKv.Engine/Execution/Mutator.cs",
            "        => MutationWriter.RemoveElements(Open(database, key, deletes: true), database, key.Bytes, (byte)type, names);",
            "    {\n        WalBatch fill = Open(database, key, deletes: true);\n        if (!IS_ON) { MutationWriter.RemoveElements(fill, database, key.Bytes, (byte)type, names); }\n    }"),
        new(
            "emptied-key-not-deleted",
            "D7",
            "the deletion of a collection that has become empty is not logged",
            "RespKv.Engine/Execution/Mutator.cs",
            "            Delete(database, key);\n        }\n    }\n\n    /// <summary>A command has set",
            "            if (IS_ON) { keys.Delete(key.Bytes, key.Hash); } else { Delete(database, key); }\n        }\n    }\n\n    /// <summary>A command has set"),
        new(
            "served-before-fence",
            "D8",
            "a client that waited for a key is answered before what it took is durable",
            "RespKv.Engine/Execution/KeyWaitServer.cs",
            "            ReadOnlySpan<FenceMark> marks = lsn > _engine.Commit.ReleasedLsn ?",
            "            ReadOnlySpan<FenceMark> marks = !IS_ON && lsn > _engine.Commit.ReleasedLsn ?",
            CrashScenarios),
        new(
            "removal-not-folded",
            "D6",
            "a checkpoint leaves out the elements that were taken out of a collection",
            "RespKv.Storage/Checkpoints/LogFold.cs",
            "                        RemoveElements(space, mutation);\n",
            "                        if (!IS_ON) { RemoveElements(space, mutation); }\n"),
        new(
            "put-hides-older-elements",
            "D6",
            "elements that a checkpoint puts stand for the whole collection, of which older tables have more",
            "RespKv.Storage/Checkpoints/LogFold.cs",
            "        if (cell.Kind == TableEntryKind.Tombstone || (IsFresh(cell) && isKnown))\n        {\n            cell.Kind",
            "        if (cell.Kind == TableEntryKind.Tombstone || (IsFresh(cell) && (IS_ON || isKnown)))\n        {\n            cell.Kind"),
    ];
}
