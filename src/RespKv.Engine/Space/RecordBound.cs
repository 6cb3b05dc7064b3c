using RespKv.Engine.Commands;
using RespKv.Protocol;

namespace RespKv.Engine.Space;

/// <summary>
/// How large the record of a command can become at most, told from its arguments before it runs (D11). A command whose record
/// holds more than its arguments (the copy of a value) has to ask for that room itself, before its first mutation:
/// see <see cref="WriteGate.RequireRoom"/>.
/// </summary>
internal static class RecordBound
{
    /// <summary>
    /// What encoding adds to an argument. A key that is found expired and then set again costs most: a deletion (11 bytes)
    /// and a set (26) without their bytes, the digits of a number (20), and the record's length (4), for a command of two arguments.
    /// </summary>
    public const int ArgumentBytes = 32;

    /// <summary>What a command that makes data grow may write beyond that: a sum of floats with all its digits.</summary>
    public const int DerivedBytes = RespNumber.LongDoubleBytesMax;

    /// <summary>What a command that combines values may write beyond them: a dense HyperLogLog, 12,304 bytes, that it makes of little or nothing.</summary>
    public const int CombinedBytes = 16 << 10;

    /// <summary>
    /// What the record of a MULTI block may need at most: half of what a batch of the log can be, so that others have room in front of it.
    /// As much as client-query-buffer-limit lets a client queue, unless it is raised.
    /// </summary>
    public const long BlockBytesMax = 1L << 30;

    /// <summary>Length of a record, kind, database, lengths and expiry of a mutation, for a copy and the deletion of its source.</summary>
    private const int CopyBytes = 2 * ArgumentBytes;

    /// <summary>
    /// An inline request has an argument for every two bytes; and a key may count twice, for its deletion by expiry.
    /// </summary>
    private const int PerInputByte = 2 + (ArgumentBytes / 2);

    /// <summary>Bound for any one of the requests that these bytes hold: too high by far, but computed once for a whole turn.</summary>
    public static long OfInput(int inputBytes) => ((long)inputBytes * PerInputByte) + DerivedBytes;

    /// <summary>Bound for one request.</summary>
    public static long Of(CommandEntry entry, RequestArgs args)
    {
        long bytes = args.ByteCount + ((long)args.Count * ArgumentBytes);
        foreach (KeySpec keys in entry.KeySpecs)
        {
            // Where the keys are not found the command fails, or asks for room itself.
            keys.TryFind(args, out int first, out int last);
            for (int i = first; i <= last; i += keys.Step)
            {
                bytes += entry.Has(CommandFlags.RepeatsKey) ? (long)args[i].Length * args.Count : args[i].Length;
            }
        }

        return entry.Has(CommandFlags.DenyOom) ? bytes + DerivedBytes : bytes;
    }

    /// <summary>Bound for setting a key to a value that another one has, and deleting that.</summary>
    public static long OfCopy(int sourceKeyBytes, int destinationKeyBytes, long valueBytes)
        => CopyBytes + (2L * sourceKeyBytes) + (2L * destinationKeyBytes) + valueBytes;

    /// <summary>
    /// Bound for storing a value made of others (<see cref="CommandFlags.StoresValues"/>, <see cref="CommandFlags.MovesElement"/>) whose bytes are at
    /// most <paramref name="valueBytes"/> in the log (<see cref="Keyspace.Database.LoggedBytes"/> of what it is made of), and deleting a key: what such
    /// a command passes to <see cref="WriteGate.RequireRoom"/>. <paramref name="keyBytes"/>: of all keys that it changes.
    /// </summary>
    public static long OfStore(int keyBytes, long valueBytes) => CopyBytes + (2L * keyBytes) + valueBytes;

    /// <summary>Bound for changing elements of a collection, the key's deletion before or behind it included.</summary>
    /// <param name="keyBytes">Of the key.</param>
    /// <param name="elementBytes">Elements or names, as the log writes them.</param>
    public static long OfElements(int keyBytes, long elementBytes) => CopyBytes + (3L * keyBytes) + elementBytes;

    /// <summary>Bound for a record that deletes a key, or adds that to an open one.</summary>
    public static long OfDeletion(int keyBytes) => ArgumentBytes + keyBytes;
}
