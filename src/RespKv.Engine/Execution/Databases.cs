using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
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

    /// <summary>Keys of all of them.</summary>
    public long KeyCount => _databases.Sum(database => database.Count);

    /// <summary>Large collections whose key is gone and whose memory is not yet.</summary>
    public int ReleasedCount => _databases.Sum(database => database.ReleasedCount);

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
            Check(mutation);
            Apply(mutation.Kind, mutation.Database, mutation.Key, KeyHash.Compute(mutation.Key), mutation.Value, Number(mutation));
        }
    }

    /// <summary>Whether a mutation from the log can be applied here. Reads nothing that changes: any thread.</summary>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    public void Check(scoped in MutationReader mutation)
    {
        CheckDatabase(mutation.Database);
        switch (mutation.Kind)
        {
            case MutationKind.Set:
            case MutationKind.Delete:
            case MutationKind.SetExpiry:
            case MutationKind.ClearDatabase:
            case MutationKind.ClearAll:
                break;
            case MutationKind.PutElements:
            case MutationKind.RemoveElements:
                CheckElements(mutation);
                break;
            case MutationKind.WriteRange when mutation.Offset > Array.MaxLength - (long)mutation.Key.Length - mutation.Value.Length:
                throw new InvalidDataException($"a string of {mutation.Offset} bytes and more is longer than any that this version writes");
            case MutationKind.WriteRange:
                break;
            case MutationKind.SwapDatabases:
                CheckDatabase(mutation.OtherDatabase);
                break;
            default:
                throw new InvalidDataException($"unknown mutation kind {(byte)mutation.Kind}");
        }
    }

    /// <summary>The one number of a mutation that <see cref="Apply"/> takes.</summary>
    public static long Number(scoped in MutationReader mutation) => mutation.Kind switch
    {
        MutationKind.WriteRange => mutation.Offset,
        MutationKind.SwapDatabases => mutation.OtherDatabase,
        MutationKind.PutElements or MutationKind.RemoveElements => mutation.Type,
        _ => mutation.ExpireAtMillis,
    };

    /// <summary>Applies a mutation that <see cref="Check"/> has let through.</summary>
    /// <param name="kind">What it does; it says which of the others count.</param>
    /// <param name="database">Its number.</param>
    /// <param name="key">The key, if there is one.</param>
    /// <param name="hash">The key's hash.</param>
    /// <param name="value">Bytes of a string, elements or their names.</param>
    /// <param name="number">The expiry, the offset of a range, the type of a collection, or the second database of a swap (<see cref="Number"/>).</param>
    /// <exception cref="InvalidDataException">The key holds another type than the mutation changes.</exception>
    public void Apply(MutationKind kind, int database, ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> value, long number)
    {
        Database target = _databases[database];
        switch (kind)
        {
            case MutationKind.Set:
                target.SetString(key, hash, value, number);
                break;
            case MutationKind.WriteRange:
                target.WriteRange(key, hash, number, value);
                break;
            case MutationKind.Delete:
                target.Delete(key, hash);
                break;
            case MutationKind.SetExpiry:
                target.SetExpiry(key, hash, number);
                break;
            case MutationKind.PutElements:
                target.Collections.Put(key, hash, (ValueType)number, value);
                break;
            case MutationKind.RemoveElements:
                target.Collections.Remove(key, hash, (ValueType)number, value);
                break;
            case MutationKind.ClearDatabase:
                target.Clear();
                break;
            case MutationKind.ClearAll:
                ClearAll();
                break;
            default:
                Swap(database, (int)number);
                break;
        }
    }

    /// <summary>Frees about so many elements of large collections whose key is gone. False when none are left.</summary>
    public bool ReleaseSome(int elementsMax)
    {
        foreach (Database database in _databases)
        {
            elementsMax = database.ReleaseSome(elementsMax);
            if (elementsMax <= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static void CheckElements(scoped in MutationReader mutation)
    {
        var type = (ValueType)mutation.Type;
        var reader = new ElementReader(mutation.Value);
        bool puts = mutation.Kind == MutationKind.PutElements;
        while (puts ? reader.Read() : reader.ReadName())
        {
            bool isSound = type switch
            {
                ValueType.List => reader.Name.Length == ListPosition.Bytes,
                ValueType.Set => reader.Value.IsEmpty,
                ValueType.SortedSet => !puts || reader.Value.Length == SortedSetScore.Bytes,
                _ => true,
            };
            if (!isSound)
            {
                throw new InvalidDataException($"an element of a {type} with a name of {reader.Name.Length} and a value of {reader.Value.Length} bytes");
            }
        }
    }

    private void CheckDatabase(int index)
    {
        if ((uint)index >= (uint)_databases.Length)
        {
            throw new InvalidDataException($"the log names database {index}, but the directive `databases` allows {_databases.Length}: start with at least `databases {index + 1}`");
        }
    }
}
