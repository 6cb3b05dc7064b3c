using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Space;

/// <summary>
/// How large a collection may become: a table holds it as one value, and merging tables needs it and its changes in one array each.
/// </summary>
internal static class CollectionLimit
{
    /// <summary>Bytes of all elements as the log writes them, 1 GiB.</summary>
    public const long BytesMax = 1L << 30;

    /// <summary>To be called before a command's first mutation, if it makes a collection grow.</summary>
    /// <exception cref="NoRoomException">The collection would become too large.</exception>
    public static void Check(Databases databases, int database, in KeyRef key, long addedBytes)
    {
        // While everything together is smaller nobody has to look.
        if (databases.Memory.UsedBytes + addedBytes <= BytesMax)
        {
            return;
        }

        Database keys = databases[database];
        Entry entry = keys.Find(key.Bytes, key.Hash);
        if (addedBytes + (entry.Exists ? keys.LoggedBytes(entry) : 0) > BytesMax)
        {
            throw new NoRoomException(Admission.Refused, $"ERR a collection may have {BytesMax} bytes of elements") { IsLimit = true };
        }
    }
}
