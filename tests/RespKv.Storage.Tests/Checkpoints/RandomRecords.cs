using System.Text;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>Records of all kinds of mutations over few keys and databases, so that everything meets everything.</summary>
internal sealed class RandomRecords(int seed, int keys = 40, int databases = 4, int valueBytesMax = 120, int clearOneIn = 100)
{
    private readonly Random _random = new(seed);

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

        switch (_random.Next(10))
        {
            case < 4:
                MutationWriter.Set(batch, database, key, Bytes(), Expiry());
                break;
            case < 6:
                MutationWriter.Delete(batch, database, key);
                break;
            case < 8:
                MutationWriter.WriteRange(batch, database, key, _random.Next(valueBytesMax), _random.Next(5) == 0 ? [] : Bytes());
                break;
            default:
                MutationWriter.SetExpiry(batch, database, key, Expiry());
                break;
        }
    }

    private void AddForDatabases(WalBatch batch, int database)
    {
        switch (_random.Next(6))
        {
            case < 2:
                MutationWriter.ClearDatabase(batch, database);
                break;
            case < 5:
                MutationWriter.SwapDatabases(batch, database, _random.Next(databases));
                break;
            default:
                MutationWriter.ClearAll(batch);
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
