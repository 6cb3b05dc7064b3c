using System.Text;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Tests.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>
/// Records of all kinds of mutations over few keys and databases, so that everything meets everything. As the engine does it,
/// strings are not changed as collections nor the other way round, and a collection that becomes empty is deleted.
/// </summary>
internal sealed class RandomRecords(int seed, int keys = 40, int databases = 4, int valueBytesMax = 120, int clearOneIn = 100)
{
    private readonly Random _random = new(seed);
    private readonly KeyspaceModel _model = new();
    private readonly WalBatch _scratch = new();

    internal WalBatch Batch(long firstLsn, int records)
    {
        var batch = new WalBatch();
        batch.Reset(firstLsn);
        for (int count = 0; count < records; count++)
        {
            batch.BeginRecord();
            for (int mutations = _random.Next(8) == 0 ? _random.Next(6) : 1; mutations > 0; mutations--)
            {
                Add(batch);
            }

            batch.EndRecord();
        }

        return batch;
    }

    private void Add(WalBatch batch)
    {
        int database = _random.Next(databases);
        byte[] key = Key();
        if (_random.Next(clearOneIn) == 0)
        {
            AddForDatabases(batch, database);
            return;
        }

        switch (_random.Next(14))
        {
            case < 4:
                Emit(batch, one => MutationWriter.Set(one, database, key, Bytes(), Expiry()));
                break;
            case < 6:
                Emit(batch, one => MutationWriter.Delete(one, database, key));
                break;
            case < 8:
                Emit(batch, one => MutationWriter.SetExpiry(one, database, key, Expiry()));
                break;
            default:
                ChangeInPart(batch, database, key);
                break;
        }
    }

    private void ChangeInPart(WalBatch batch, int database, byte[] key)
    {
        (byte Type, string[] Names)? found = _model.Find(database, key);
        byte type = found?.Type ?? (byte)_random.Next(TableEntry.StringType, ElementTypes.SortedSet + 1);
        if (type == TableEntry.StringType)
        {
            Emit(batch, one => MutationWriter.WriteRange(one, database, key, _random.Next(valueBytesMax), _random.Next(5) == 0 ? [] : Bytes()));
        }
        else if (found is null || _random.Next(2) == 0)
        {
            byte[] elements = ElementModel.Elements(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => ($"{_random.Next(8)}", Encoding.Latin1.GetString(Bytes()))));
            Emit(batch, one => MutationWriter.PutElements(one, database, key, type, elements));
        }
        else
        {
            byte[] names = ElementModel.Names(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => $"{_random.Next(8)}"));
            Emit(batch, one => MutationWriter.RemoveElements(one, database, key, type, names));
            if (_model.Find(database, key)!.Value.Names.Length == 0)
            {
                Emit(batch, one => MutationWriter.Delete(one, database, key));
            }
        }
    }

    /// <summary>Writes one mutation, and applies it.</summary>
    private void Emit(WalBatch batch, Action<WalBatch> write)
    {
        _scratch.Reset(1);
        _scratch.BeginRecord();
        write(_scratch);
        _scratch.EndRecord();
        ReadOnlySpan<byte> mutation = _scratch.Seal(WalBatchKind.Records, 1, 0)[(WalFormat.BatchHeaderBytes + WalFormat.RecordHeaderBytes).._scratch.ByteCount];
        _model.Apply(mutation);
        mutation.CopyTo(batch.Reserve(mutation.Length));
        batch.Advance(mutation.Length);
    }

    private void AddForDatabases(WalBatch batch, int database)
    {
        switch (_random.Next(6))
        {
            case < 2:
                Emit(batch, one => MutationWriter.ClearDatabase(one, database));
                break;
            case < 5:
                int other = _random.Next(databases);
                Emit(batch, one => MutationWriter.SwapDatabases(one, database, other));
                break;
            default:
                Emit(batch, MutationWriter.ClearAll);
                break;
        }
    }

    private byte[] Key()
    {
        int number = _random.Next(keys);
        return number switch
        {
            0 => [],
            1 => [0],
            2 => [0, 0],
            3 => [0xFF],
            4 => Encoding.Latin1.GetBytes("a long key that begins like another one " + new string('x', 300)),
            5 => Encoding.Latin1.GetBytes("a long key that begins like another one " + new string('x', 299)),
            _ => Encoding.Latin1.GetBytes($"key:{number:D8}"),
        };
    }

    private byte[] Bytes()
    {
        byte[] bytes = new byte[_random.Next(valueBytesMax)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private long Expiry() => _random.Next(3) == 0 ? MutationWriter.NoExpiry : _random.NextInt64(4_000_000_000_000);
}
