using RespKv.Engine.Keyspace;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Execution;

/// <summary>The numbered databases of a server, on one slab. Guarded by the turn (by recovery before the server is ready).</summary>
internal sealed class Databases
{
    private readonly Database[] _databases;

    public Databases(int count)
    {
        Memory = new KeyspaceMemory();
        _databases = new Database[count];
        for (int i = 0; i < count; i++)
        {
            _databases[i] = new Database(Memory);
        }
    }

    public KeyspaceMemory Memory { get; }

    public int Count => _databases.Length;

    public Database this[int index] => _databases[index];

    public void ClearAll()
    {
        foreach (Database database in _databases)
        {
            database.Clear();
        }
    }

    public void Swap(int first, int second)
        => (_databases[first], _databases[second]) = (_databases[second], _databases[first]);

    /// <summary>
    /// Applies a record from the log (D7: absolute values only; expired keys stay until their deletion is replayed or logged).
    /// </summary>
    /// <exception cref="InvalidDataException">The record is not one that this version writes.</exception>
    public void Replay(ReadOnlySpan<byte> record)
    {
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            Database database = At(mutation.Database);
            switch (mutation.Kind)
            {
                case MutationKind.Set:
                    database.SetString(mutation.Key, KeyHash.Compute(mutation.Key), mutation.Value, mutation.ExpireAtMillis);
                    break;
                case MutationKind.WriteRange:
                    database.WriteRange(mutation.Key, KeyHash.Compute(mutation.Key), mutation.Offset, mutation.Value);
                    break;
                case MutationKind.Delete:
                    database.Delete(mutation.Key, KeyHash.Compute(mutation.Key));
                    break;
                case MutationKind.SetExpiry:
                    database.SetExpiry(mutation.Key, KeyHash.Compute(mutation.Key), mutation.ExpireAtMillis);
                    break;
                case MutationKind.ClearDatabase:
                    database.Clear();
                    break;
                case MutationKind.ClearAll:
                    ClearAll();
                    break;
                case MutationKind.SwapDatabases:
                    _ = At(mutation.OtherDatabase);
                    Swap(mutation.Database, mutation.OtherDatabase);
                    break;
                default:
                    throw new InvalidDataException($"unknown mutation kind {(byte)mutation.Kind}");
            }
        }
    }

    private Database At(int index)
        => (uint)index < (uint)_databases.Length
            ? _databases[index]
            : throw new InvalidDataException($"the log names database {index}, but the directive `databases` allows {_databases.Length}: start with at least `databases {index + 1}`");
}
