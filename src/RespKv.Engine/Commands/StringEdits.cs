using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Space;

namespace RespKv.Engine.Commands;

/// <summary>Changes of strings whose values are structures (bitmaps, HyperLogLogs): OBJECT ENCODING says raw of them, however short they are.</summary>
internal static class StringEdits
{
    /// <summary>Sets a key whole. The value must not lie in the slab.</summary>
    public static void SetRaw(WriteContext c, in KeyRef key, ReadOnlySpan<byte> value, long expireAtMillis)
    {
        // What is written in part is raw.
        c.SetString(c.Database, key, default, expireAtMillis);
        c.WriteRange(key, 0, value);
    }

    /// <summary>
    /// Gives an existing string another value, and logs what differs: each stretch of it by itself, or all where the value gets shorter. That is at
    /// most the value and <see cref="RecordBound.OfStore"/> of its key. <paramref name="value"/> must not lie in the slab.
    /// </summary>
    /// <returns>Whether anything differed.</returns>
    public static bool Change(WriteContext c, in KeyRef key, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> old = Value(c, key, out Entry entry);
        if (value.Length < old.Length)
        {
            SetRaw(c, key, value, c.ExpireAtMillis(entry));
            return true;
        }

        // What naming the key again costs more than is written along.
        int gapBytes = RecordBound.ArgumentBytes + key.Bytes.Length;
        bool changed = false;
        int at = 0;
        while (at < value.Length)
        {
            // Every write may have moved it.
            old = Value(c, key, out _);
            int first = at + old[at..].CommonPrefixLength(value[at..]);
            if (first == value.Length)
            {
                break;
            }

            int end = EndOfDifference(old, value, first, gapBytes);
            c.WriteRange(key, first, value[first..end]);
            changed = true;
            at = end;
        }

        return changed;
    }

    /// <summary>Where a difference ends that begins at <paramref name="first"/>: in front of <paramref name="gapBytes"/> equal bytes.</summary>
    private static int EndOfDifference(ReadOnlySpan<byte> old, ReadOnlySpan<byte> value, int first, int gapBytes)
    {
        int end = first + 1;
        while (end < value.Length)
        {
            int equal = end < old.Length ? old[end..].CommonPrefixLength(value[end..]) : 0;
            if (equal >= gapBytes || end + equal == value.Length)
            {
                break;
            }

            end += equal + 1;
        }

        return end;
    }

    private static ReadOnlySpan<byte> Value(WriteContext c, in KeyRef key, out Entry entry)
        => c.FindUntouched(key, out entry) ? c.StringBytes(entry) : default;
}
