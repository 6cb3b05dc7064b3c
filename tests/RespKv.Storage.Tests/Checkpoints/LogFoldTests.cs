using System.Text;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Tests.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Checkpoints;

public sealed class LogFoldTests
{
    private const long Plenty = 1L << 30;

    /// <summary>Database 0 is space 1, which has older entries in tables.</summary>
    private static readonly Dictionary<int, uint> OldSpace = new() { [0] = 1 };

    [Fact]
    public void Each_kind_of_change_becomes_one_entry_per_key_in_the_order_of_the_keys()
    {
        LogFold fold = Fold(batch =>
        {
            MutationWriter.Set(batch, 0, "set"u8, "old"u8, 5);
            MutationWriter.Set(batch, 0, "set"u8, "new"u8, 9);
            MutationWriter.Delete(batch, 0, "deleted"u8);
            MutationWriter.WriteRange(batch, 0, "patched"u8, 2, "xy"u8);
            MutationWriter.SetExpiry(batch, 0, "expiry"u8, 7);
            MutationWriter.Set(batch, 0, "grown"u8, "ab"u8, 3);
            MutationWriter.WriteRange(batch, 0, "grown"u8, 4, "e"u8);
            MutationWriter.Delete(batch, 0, "again"u8);
            MutationWriter.WriteRange(batch, 0, "again"u8, 1, "b"u8);
            MutationWriter.SetExpiry(batch, 0, "again"u8, 8);
            MutationWriter.Delete(batch, 0, "gone"u8);
            MutationWriter.SetExpiry(batch, 0, "gone"u8, 8);
        });

        Assert.Equal(
            [
                "1/again Value 8 0062",
                "1/deleted Tombstone -1 ",
                "1/expiry Patch -1 0408",
                "1/gone Tombstone -1 ",
                "1/grown Value 3 6162000065",
                "1/patched Patch -1 0202027879",
                "1/set Value 9 6E6577",
            ],
            Entries(fold));
    }

    [Fact]
    public void Elements_become_a_value_where_the_key_is_known_and_a_patch_in_normal_form_where_it_is_not()
    {
        LogFold fold = Fold(batch =>
        {
            Put(batch, 0, "patch", "a=1", "b=1");
            Remove(batch, 0, "patch", "a", "x");
            MutationWriter.SetExpiry(batch, 0, "patch"u8, 7);
            Put(batch, 0, "patch", "a=2", "b=3");
            MutationWriter.Delete(batch, 0, "value"u8);
            Remove(batch, 0, "value", "a");
            Put(batch, 0, "value", "a=1", "b=2");
            MutationWriter.SetExpiry(batch, 0, "value"u8, 9);
            Remove(batch, 0, "value", "a");
            MutationWriter.SetExpiry(batch, 0, "removed"u8, 4);
            Remove(batch, 0, "removed", "a");
            Put(batch, 0, "emptied", "a=1");
            Remove(batch, 0, "emptied", "a");
            MutationWriter.Delete(batch, 0, "emptied"u8);
            Put(batch, 1, "fresh", "a=1", "a=2");
            Remove(batch, 1, "absent", "a");
            Remove(batch, 5, "nothing", "a");
        });

        Assert.Equal(
            [
                "1/emptied Tombstone -1 ",
                "1/patch Patch -1 0904040178016108040801620133016101320408",
                "1/removed Patch -1 04050904020161",
                "1/value Value 9 01620132",
                "2/fresh Value -1 01610132",
            ],
            Entries(fold));
        Assert.Equal(new Dictionary<int, uint> { [0] = 1, [1] = 2 }, fold.Spaces);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Million_puts_to_one_key_take_linear_time_and_room_in_proportion(int database)
    {
        var fold = new LogFold(Plenty);
        fold.Reset(OldSpace, 2);
        var buffer = new ElementBuffer();
        const int Count = 1_000_000;
        for (int from = 0; from < Count; from += 100_000)
        {
            Apply(fold, batch =>
            {
                for (int index = from; index < from + 100_000; index++)
                {
                    buffer.Clear();
                    buffer.Add(BitConverter.GetBytes(index), default);
                    MutationWriter.PutElements(batch, database, "k"u8, ElementTypes.Set, buffer.Bytes);
                }
            });
        }

        fold.Sort();
        int head = database == 0 ? 6 : 0;
        Assert.Equal(head + (Count * 6), fold.Entry(0).Bytes.Length);
        Assert.Equal(BitConverter.GetBytes(Count - 1), fold.Entry(0).Bytes[^5..^1].ToArray());
        Assert.InRange(fold.HeldBytes, 0, 40 << 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Elements_that_change_all_the_time_take_little_room(int database)
    {
        var fold = new LogFold(Plenty);
        fold.Reset(OldSpace, 2);
        Apply(fold, batch =>
        {
            for (int count = 0; count < 100_000; count++)
            {
                Put(batch, database, "counter", $"f{count % 10}={count}");
                Put(batch, database, "queue", $"{count}=v", "last=x");
                Remove(batch, database, "queue", $"{count}");
            }
        });

        // Where nothing is known of the queue, each of its elements may have been there before.
        Assert.InRange(fold.Bytes, 1, database == 0 ? 3_000_000 : 40_000);
        fold.Sort();
        TableEntry counter = fold.Entry(0);
        Assert.Equal(10 * 9, counter.Bytes.Length - (database == 0 ? 3 : 0));
        TableEntry queue = fold.Entry(1);
        Assert.Equal(database == 0 ? TableEntryKind.Patch : TableEntryKind.Value, queue.Kind);
        Assert.EndsWith("046C6173740178", Convert.ToHexString(queue.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Change_of_another_type_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Fold(batch => { MutationWriter.Set(batch, 0, "k"u8, "v"u8, -1); Put(batch, 0, "k", "a=1"); }));
        Assert.Throws<InvalidDataException>(() => Fold(batch => { MutationWriter.Set(batch, 0, "k"u8, "v"u8, -1); Remove(batch, 0, "k", "a"); }));
        Assert.Throws<InvalidDataException>(() => Fold(batch => { MutationWriter.WriteRange(batch, 0, "k"u8, 0, "v"u8); Put(batch, 0, "k", "a=1"); }));
        Assert.Throws<InvalidDataException>(() => Fold(batch => { Put(batch, 0, "k", "a=1"); MutationWriter.WriteRange(batch, 0, "k"u8, 0, "v"u8); }));
        Assert.Throws<InvalidDataException>(() => Fold(batch => { Put(batch, 1, "k", "a=1"); MutationWriter.WriteRange(batch, 1, "k"u8, 0, "v"u8); }));
    }

    [Fact]
    public void New_space_has_neither_patches_nor_tombstones()
    {
        LogFold fold = Fold(batch =>
        {
            MutationWriter.WriteRange(batch, 1, "range"u8, 1, "b"u8);
            MutationWriter.SetExpiry(batch, 1, "absent"u8, 5);
            MutationWriter.Delete(batch, 1, "never"u8);
            MutationWriter.Set(batch, 1, "gone"u8, "x"u8, -1);
            MutationWriter.Delete(batch, 1, "gone"u8);
        });

        Assert.Equal(["2/range Value -1 0062"], Entries(fold));
        Assert.Equal(new Dictionary<int, uint> { [0] = 1, [1] = 2 }, fold.Spaces);
        Assert.Equal(3u, fold.NextSpace);
    }

    [Fact]
    public void Database_without_a_space_gets_none_from_changes_of_keys_that_it_cannot_have()
    {
        LogFold fold = Fold(batch =>
        {
            MutationWriter.Delete(batch, 5, "k"u8);
            MutationWriter.SetExpiry(batch, 5, "k"u8, 5);
        });

        Assert.Empty(Entries(fold));
        Assert.Equal(OldSpace, fold.Spaces);
    }

    [Fact]
    public void Cleared_and_swapped_databases_only_change_the_map()
    {
        LogFold fold = Fold(batch =>
        {
            MutationWriter.Set(batch, 0, "cleared"u8, "1"u8, -1);
            MutationWriter.Set(batch, 1, "swapped"u8, "2"u8, -1);
            MutationWriter.ClearDatabase(batch, 0);
            MutationWriter.SwapDatabases(batch, 1, 3);
            MutationWriter.Set(batch, 0, "after"u8, "3"u8, -1);
            MutationWriter.SwapDatabases(batch, 0, 0);
        });

        Assert.Equal(["2/swapped Value -1 32", "3/after Value -1 33"], Entries(fold));
        Assert.Equal(new Dictionary<int, uint> { [0] = 3, [3] = 2 }, fold.Spaces);
    }

    [Fact]
    public void All_cleared_leaves_nothing_to_write()
    {
        LogFold fold = Fold(batch =>
        {
            MutationWriter.Set(batch, 0, "a"u8, "1"u8, -1);
            MutationWriter.Set(batch, 7, "a"u8, "1"u8, -1);
            MutationWriter.ClearAll(batch);
        });

        Assert.Empty(Entries(fold));
        Assert.Empty(fold.Spaces);
        Assert.Equal(3u, fold.NextSpace);
    }

    [Fact]
    public void Expiry_that_is_moved_all_the_time_stays_one_change()
    {
        LogFold fold = Fold(batch =>
        {
            for (int count = 0; count < 100; count++)
            {
                MutationWriter.SetExpiry(batch, 0, "k"u8, count);
            }

            MutationWriter.WriteRange(batch, 0, "k"u8, 0, "x"u8);
            MutationWriter.SetExpiry(batch, 0, "k"u8, 1);
            MutationWriter.SetExpiry(batch, 0, "k"u8, -1);
        });

        Assert.Equal(["1/k Patch -1 0464020001780400"], Entries(fold));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Many_keys_with_common_beginnings_come_out_sorted(int seed)
    {
        var random = new Random(seed);
        var expected = new SortedSet<string>(StringComparer.Ordinal);
        LogFold fold = Fold(batch =>
        {
            for (int count = 0; count < 20_000; count++)
            {
                // Letters and zeros, so that keys begin like others, and end inside of eight bytes.
                char[] key = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(3) == 0 ? (char)random.Next(3) : 'x')];
                int database = random.Next(2);
                expected.Add((char)(database + 1) + new string(key));
                MutationWriter.Set(batch, database, Encoding.Latin1.GetBytes(key), "v"u8, -1);
            }
        });

        var found = new List<string>();
        for (int index = 0; index < fold.Count; index++)
        {
            found.Add((char)TableKey.Space(fold.Key(index)) + Encoding.Latin1.GetString(TableKey.Key(fold.Key(index))));
        }

        Assert.Equal(expected.OrderBy(key => key, StringComparer.Ordinal), found);
    }

    [Fact]
    public void Keys_made_to_divide_once_per_word_are_sorted_all_the_same()
    {
        LogFold fold = Fold(batch =>
        {
            for (int count = 1_000; count > 0; count--)
            {
                MutationWriter.Set(batch, 0, Encoding.Latin1.GetBytes(new string('a', count * 9)), "v"u8, -1);
            }
        });

        Assert.Equal(Enumerable.Range(1, 1_000).Select(count => TableKey.SpaceBytes + (count * 9)), Enumerable.Range(0, fold.Count).Select(index => fold.Key(index).Length));
    }

    [Fact]
    public void Fold_is_full_at_its_bytes_index_included()
    {
        var fold = new LogFold(1 << 20);
        fold.Reset(OldSpace, 2);
        int records = 0;
        byte[] value = new byte[64];
        while (!fold.IsFull)
        {
            Apply(fold, batch => MutationWriter.Set(batch, 0, Encoding.Latin1.GetBytes($"{records++:D16}"), value, -1));
        }

        Assert.InRange(records, 6_000, 9_000);
        Assert.InRange(fold.Bytes, 1 << 20, (1 << 20) + 200);
        Assert.InRange(fold.HeldBytes, 0, FoldArena.ChunkBytes + (1 << 20));
    }

    [Fact]
    public void Large_value_that_is_replaced_gives_its_array_back()
    {
        var fold = new LogFold(Plenty);
        fold.Reset(OldSpace, 2);
        for (int count = 0; count < 20; count++)
        {
            Apply(fold, batch => MutationWriter.Set(batch, 0, "k"u8, new byte[(2 << 20) + (count * 100_000)], -1));
        }

        Assert.InRange(fold.HeldBytes, 0, FoldArena.ChunkBytes + (6 << 20));
        Apply(fold, batch => MutationWriter.Set(batch, 0, "k"u8, "small"u8, -1));
        Assert.InRange(fold.HeldBytes, 0, FoldArena.ChunkBytes + (1 << 20));
        Assert.Equal(["1/k Value -1 736D616C6C"], Entries(fold));
        Apply(fold, batch => MutationWriter.Set(batch, 0, "k"u8, new byte[3 << 20], -1));
        Apply(fold, batch => MutationWriter.Delete(batch, 0, "k"u8));
        Assert.InRange(fold.Bytes, 0, 1_000);
        Assert.Equal(["1/k Tombstone -1 "], Entries(fold));
    }

    [Fact]
    public void Value_that_grows_piece_by_piece_is_not_copied_each_time()
    {
        byte[] piece = "0123456789"u8.ToArray();
        var fold = new LogFold(Plenty);
        fold.Reset(OldSpace, 2);
        Apply(fold, batch => MutationWriter.Set(batch, 0, "k"u8, default, -1));
        Apply(fold, batch =>
        {
            for (int count = 0; count < 300_000; count++)
            {
                MutationWriter.WriteRange(batch, 0, "k"u8, count * piece.Length, piece);
            }
        });

        fold.Sort();
        Assert.Equal(3_000_000, fold.Entry(0).Bytes.Length);
        Assert.Equal(piece, fold.Entry(0).Bytes[^piece.Length..].ToArray());
        Assert.InRange(fold.Bytes, 3_000_000, 9_000_000);
    }

    [Fact]
    public void Buffers_are_kept_for_the_next_fold_and_given_back_at_rest()
    {
        var fold = new LogFold(64 << 20);
        WalBatch batch = Batch(batch =>
        {
            for (int key = 0; key < 100_000; key++)
            {
                MutationWriter.Set(batch, 0, BitConverter.GetBytes(key), new byte[64], -1);
            }
        });
        long allocated = Allocations.Least(() =>
        {
            fold.Reset(OldSpace, 2);
            Feed(fold, batch);
            fold.Sort();
        });

        Assert.Equal(100_000, fold.Count);
        Assert.InRange(allocated, 0, 2_000);
        fold.Release();
        Assert.InRange(fold.HeldBytes, 0, FoldArena.ChunkBytes + (1 << 20));
    }

    [Fact]
    public void Record_that_this_version_does_not_write_is_refused()
    {
        var fold = new LogFold(Plenty);
        fold.Reset(OldSpace, 2);
        Assert.Throws<InvalidDataException>(() => fold.Apply([99]));
        Assert.Throws<InvalidDataException>(() => Apply(fold, batch => MutationWriter.WriteRange(batch, 0, "k"u8, int.MaxValue, "x"u8)));
    }

    private static void Put(WalBatch batch, int database, string key, params string[] elements)
        => MutationWriter.PutElements(
            batch,
            database,
            Encoding.Latin1.GetBytes(key),
            ElementTypes.Hash,
            ElementModel.Elements(elements.Select(text => text.Split('=')).Select(parts => (parts[0], parts[1]))));

    private static void Remove(WalBatch batch, int database, string key, params string[] names)
        => MutationWriter.RemoveElements(batch, database, Encoding.Latin1.GetBytes(key), ElementTypes.Hash, ElementModel.Names(names));

    private static LogFold Fold(Action<WalBatch> write)
    {
        var fold = new LogFold(Plenty);
        fold.Reset(OldSpace, 2);
        Apply(fold, write);
        fold.Sort();
        return fold;
    }

    private static void Apply(LogFold fold, Action<WalBatch> write) => Feed(fold, Batch(write));

    private static WalBatch Batch(Action<WalBatch> write)
    {
        var batch = new WalBatch();
        batch.Reset(1);
        batch.BeginRecord();
        write(batch);
        batch.EndRecord();
        return batch;
    }

    private static void Feed(LogFold fold, WalBatch batch)
    {
        int start = WalFormat.BatchHeaderBytes + WalFormat.RecordHeaderBytes;
        fold.Apply(batch.Seal(WalBatchKind.Records, logId: 1, durableLsn: 0)[start..batch.ByteCount]);
    }

    private static string[] Entries(LogFold fold)
    {
        fold.Sort();
        var lines = new List<string>();
        for (int index = 0; index < fold.Count; index++)
        {
            TableEntry entry = fold.Entry(index);
            string key = Encoding.Latin1.GetString(TableKey.Key(fold.Key(index)));
            lines.Add($"{TableKey.Space(fold.Key(index))}/{key} {entry.Kind} {entry.ExpireAtMillis} {Convert.ToHexString(entry.Bytes)}");
        }

        return [.. lines];
    }
}
