using System.Buffers.Binary;
using System.Security.Cryptography;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>
/// DEBUG DIGEST and DEBUG DIGEST-VALUE: 160 bits that are equal for equal data, whatever the order of keys and members, computed as Redis does, so that its
/// digests can be compared with ours. What has an order is mixed into what came before it, what has none is combined by exclusive or.
/// </summary>
internal static class DebugDigest
{
    /// <summary>Of everything. Holds the turn for as long as it takes: a command for tests.</summary>
    public static void OfAll(ReadContext c)
    {
        if (IsLoading(c))
        {
            return;
        }

        c.ObserveAll();
        var total = new Digest();
        Databases databases = c.Engine.Databases;
        for (int i = 0; i < databases.Count; i++)
        {
            if (databases[i].Count > 0)
            {
                total.Mix(i);
                var visitor = new Visitor(databases[i], total);
                databases[i].Scan(0, int.MaxValue, ref visitor);
                total = visitor.Total;
            }
        }

        c.Reply.SimpleString(total.ToHex());
    }

    /// <summary>Of each key's value.</summary>
    public static void OfValues(ReadContext c, RequestArgs keys)
    {
        if (IsLoading(c))
        {
            return;
        }

        c.Reply.ArrayHeader(keys.Count);
        for (int i = 0; i < keys.Count; i++)
        {
            var digest = new Digest();
            if (c.FindUntouched(new KeyRef(keys[i]), out Entry entry))
            {
                Mix(ref digest, c.Engine.Databases[c.Database], entry);
            }

            c.Reply.SimpleString(digest.ToHex());
        }
    }

    /// <summary>DEBUG is answered while recovery runs, but the keyspace belongs to recovery then.</summary>
    private static bool IsLoading(ReadContext c)
    {
        if (c.Engine.State != EngineState.Loading)
        {
            return false;
        }

        c.Fail(Errors.Loading);
        return true;
    }

    private static void Mix(ref Digest digest, Database database, Entry entry)
    {
        ValueType type = database.Type(entry);
        digest.Mix(RedisNumber(type));
        switch (type)
        {
            case ValueType.String:
                Span<byte> digits = stackalloc byte[32];
                digest.Mix(database.StringBytes(entry, digits));
                break;
            case ValueType.List:
                MixList(ref digest, new ListView(database.Collections.Read(entry)));
                break;
            default:
                CombineElements(ref digest, type, new ElementsView(database.Collections.Read(entry)));
                break;
        }

        if (database.ExpireAtMillis(entry) >= 0)
        {
            digest.Combine("!!expire!!"u8);
        }
    }

    private static void MixList(ref Digest digest, ListView list)
    {
        ListCursor cursor = list.At(0);
        do
        {
            digest.Mix(cursor.Current);
        }
        while (cursor.MoveNext());
    }

    private static void CombineElements(ref Digest digest, ValueType type, ElementsView elements)
    {
        Span<byte> score = stackalloc byte[RespNumber.DoubleBytesMax];
        foreach (ElementCursor element in elements)
        {
            if (type == ValueType.Set)
            {
                digest.Combine(element.Name);
                continue;
            }

            var one = new Digest();
            one.Mix(element.Name);
            one.Mix(type == ValueType.Hash ? element.Value : score[..RespNumber.FormatDouble(SortedSetScore.Read(element.Value), score)]);
            digest.Combine(one.Bytes);
        }
    }

    /// <summary>Redis's number of a type, which is in its digests.</summary>
    private static int RedisNumber(ValueType type) => type switch
    {
        ValueType.List => 1,
        ValueType.Set => 2,
        ValueType.SortedSet => 3,
        ValueType.Hash => 4,
        _ => 0,
    };

#pragma warning disable CA5350 // SHA-1 is weak: Redis's digest is made of it, and nothing depends on its strength.
    /// <summary>20 bytes, zeros at first.</summary>
    private struct Digest()
    {
        private readonly byte[] _bytes = new byte[SHA1.HashSizeInBytes];

        public readonly ReadOnlySpan<byte> Bytes => _bytes;

        /// <summary>Exclusive or with the hash of the data: the order does not matter.</summary>
        public readonly void Combine(ReadOnlySpan<byte> data)
        {
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            SHA1.HashData(data, hash);
            for (int i = 0; i < hash.Length; i++)
            {
                _bytes[i] ^= hash[i];
            }
        }

        /// <summary>As <see cref="Combine"/>, and the hash of that: the order matters.</summary>
        public readonly void Mix(ReadOnlySpan<byte> data)
        {
            Combine(data);
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            SHA1.HashData(_bytes, hash);
            hash.CopyTo(_bytes);
        }

        public readonly void Mix(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(bytes, number);
            Mix(bytes);
        }

        public readonly ReadOnlySpan<byte> ToHex() => System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_bytes));
    }

    private readonly struct Visitor(Database database, Digest total) : IEntryVisitor
    {
        public Digest Total { get; } = total;

        public void Visit(Entry entry)
        {
            var digest = new Digest();
            digest.Mix(database.Key(entry));
            DebugDigest.Mix(ref digest, database, entry);
            Total.Combine(digest.Bytes);
        }
    }
#pragma warning restore CA5350
}
