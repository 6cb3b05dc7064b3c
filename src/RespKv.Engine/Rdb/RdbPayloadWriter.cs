using System.Buffers.Binary;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Rdb;

/// <summary>
/// Writes values as Redis 7.0 serializes them: strings, and collections packed or by element as OBJECT ENCODING tells of them. Where the order of the
/// elements is Redis's, so are the bytes.
/// </summary>
internal sealed class RdbPayloadWriter
{
    /// <summary>Up to here a string may be an integer of 32 bits.</summary>
    private const int IntegerTextMax = 11;

    /// <summary>Above this strings are compressed, where that gains <see cref="CompressionGainMin"/> bytes.</summary>
    private const int UncompressedMax = 20;

    private const int CompressionGainMin = 4;

    /// <summary>What Redis counts for an element's encoding when it looks whether a node of a list has room.</summary>
    private const int NodeEntryBytes = 8;

    private const int NodeBytesMax = 8192;

    private readonly RdbBuffer _bytes = new();
    private readonly byte[] _scratch = new byte[RdbReader.DigitsMax + 12];

    /// <summary>The payload of a value that is there, with its footer.</summary>
    /// <exception cref="InvalidDataException">It is longer than an array.</exception>
    public static ReadOnlySpan<byte> Write(ReadContext c, Entry entry)
    {
        var writer = new RdbPayloadWriter();
        if (c.Type(entry) == ValueType.String)
        {
            writer._bytes.Add(RdbFormat.TypeString);
            writer.WriteString(c.StringBytes(entry));
        }
        else
        {
            writer.WriteCollection(c.Type(entry), c.Collection(entry), c.EncodingName(entry));
        }

        Span<byte> footer = stackalloc byte[RdbFormat.FooterBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(footer, RdbFormat.Version);
        writer._bytes.Add(footer[..sizeof(ushort)]);
        BinaryPrimitives.WriteUInt64LittleEndian(footer, Crc64.Compute(writer._bytes.Written));
        writer._bytes.Add(footer[..sizeof(ulong)]);
        return writer._bytes.Written;
    }

    private void WriteCollection(ValueType type, CollectionValue value, string encoding)
    {
        switch (type)
        {
            case ValueType.List:
                WriteList(new ListView(value));
                break;
            case ValueType.Set when encoding == "intset":
                WriteIntset(new ElementsView(value));
                break;
            case ValueType.Set:
                _bytes.Add(RdbFormat.TypeSet);
                WriteElements(new ElementsView(value), withValues: false);
                break;
            case ValueType.Hash when encoding == "listpack":
                WritePackedHash(new ElementsView(value));
                break;
            case ValueType.Hash:
                _bytes.Add(RdbFormat.TypeHash);
                WriteElements(new ElementsView(value), withValues: true);
                break;
            case ValueType.SortedSet:
                WriteSortedSet(new SortedSetView(value), encoding == "listpack");
                break;
            default:
                throw new InvalidOperationException("a value of this type cannot be dumped");
        }
    }

    private void WriteElements(ElementsView elements, bool withValues)
    {
        WriteLength(elements.Count);
        foreach (ElementCursor element in elements)
        {
            WriteString(element.Name);
            if (withValues)
            {
                WriteString(element.Value);
            }
        }
    }

    private void WritePackedHash(ElementsView hash)
    {
        var packed = new ListpackWriter();
        foreach (ElementCursor element in hash)
        {
            packed.Add(element.Name);
            packed.Add(element.Value);
        }

        _bytes.Add(RdbFormat.TypeHashListpack);
        WriteString(packed.Finish());
    }

    private void WriteSortedSet(SortedSetView sortedSet, bool isPacked)
    {
        if (isPacked)
        {
            var packed = new ListpackWriter();
            SortedSetCursor cursor = sortedSet.At(0);
            do
            {
                packed.Add(cursor.Member);
                // A listpack has no -0 in Redis.
                double score = cursor.Score == 0 ? 0 : cursor.Score;
                packed.Add(_scratch.AsSpan(0, RespNumber.FormatDouble(score, _scratch)));
            }
            while (cursor.MoveNext());
            _bytes.Add(RdbFormat.TypeSortedSetListpack);
            WriteString(packed.Finish());
            return;
        }

        // The highest first, as Redis writes them.
        _bytes.Add(RdbFormat.TypeSortedSet);
        WriteLength(sortedSet.Count);
        SortedSetCursor last = sortedSet.At(sortedSet.Count - 1);
        do
        {
            WriteString(last.Member);
            SortedSetScore.Write(_bytes.Reserve(SortedSetScore.Bytes), last.Score);
            _bytes.Advance(SortedSetScore.Bytes);
        }
        while (last.MovePrevious());
    }

    private void WriteIntset(ElementsView set)
    {
        var values = new long[set.Count];
        int count = 0;
        foreach (ElementCursor element in set)
        {
            values[count++] = RespNumber.TryParseInt64(element.Name, out long value) ? value : throw new InvalidOperationException("an intset holds integers");
        }

        Array.Sort(values);
        int width = values[0] < int.MinValue || values[^1] > int.MaxValue ? 8 : values[0] < short.MinValue || values[^1] > short.MaxValue ? 4 : 2;
        var packed = new byte[(2 * sizeof(uint)) + (width * values.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(packed, width);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(sizeof(uint)), values.Length);
        for (int i = 0; i < packed.Length - (2 * sizeof(uint)); i++)
        {
            packed[(2 * sizeof(uint)) + i] = (byte)(values[i / width] >> (8 * (i % width)));
        }

        _bytes.Add(RdbFormat.TypeSetIntset);
        WriteString(packed);
    }

    /// <summary>In nodes as Redis makes them of elements that are pushed behind one another (<c>list-max-listpack-size -2</c>).</summary>
    private void WriteList(ListView list)
    {
        var node = new ListpackWriter();
        var nodes = new RdbPayloadWriter();
        long count = 0;
        ListCursor cursor = list.At(0);
        do
        {
            ReadOnlySpan<byte> value = cursor.Current;
            if (node.Count > 0 && (long)node.ByteCount + value.Length + NodeEntryBytes > NodeBytesMax)
            {
                nodes.WriteNode(node);
                count++;
            }

            node.Add(value);
        }
        while (cursor.MoveNext());
        nodes.WriteNode(node);
        _bytes.Add(RdbFormat.TypeListQuicklist2);
        WriteLength(count + 1);
        _bytes.Add(nodes._bytes.Written);
    }

    private void WriteNode(ListpackWriter node)
    {
        WriteLength(RdbFormat.NodePacked);
        WriteString(node.Finish());
        node.Clear();
    }

    private void WriteString(ReadOnlySpan<byte> text)
    {
        if (text.Length <= IntegerTextMax && RespNumber.TryParseInt64(text, out long value) && value is >= int.MinValue and <= int.MaxValue)
        {
            WriteInteger((int)value);
            return;
        }

        if (text.Length > UncompressedMax && TryWriteCompressed(text))
        {
            return;
        }

        WriteLength(text.Length);
        _bytes.Add(text);
    }

    private void WriteInteger(int value)
    {
        (int encoding, int width) = value switch
        {
            >= sbyte.MinValue and <= sbyte.MaxValue => (RdbFormat.EncodedInt8, 1),
            >= short.MinValue and <= short.MaxValue => (RdbFormat.EncodedInt16, 2),
            _ => (RdbFormat.EncodedInt32, 4),
        };
        _bytes.Add((byte)((RdbFormat.LengthEncoded << 6) | encoding));
        for (int i = 0; i < width; i++)
        {
            _bytes.Add((byte)(value >> (8 * i)));
        }
    }

    private bool TryWriteCompressed(ReadOnlySpan<byte> text)
    {
        byte[] compressed = System.Buffers.ArrayPool<byte>.Shared.Rent(text.Length);
        int count = Lzf.Compress(text, compressed.AsSpan(0, text.Length - CompressionGainMin));
        if (count > 0)
        {
            _bytes.Add((RdbFormat.LengthEncoded << 6) | RdbFormat.EncodedLzf);
            WriteLength(count);
            WriteLength(text.Length);
            _bytes.Add(compressed.AsSpan(0, count));
        }

        System.Buffers.ArrayPool<byte>.Shared.Return(compressed);
        return count > 0;
    }

    private void WriteLength(long length)
    {
        if (length < 1 << 6)
        {
            _bytes.Add((byte)length);
        }
        else if (length < 1 << 14)
        {
            _bytes.Add((byte)((RdbFormat.Length14 << 6) | (int)(length >> 8)));
            _bytes.Add((byte)length);
        }
        else if (length <= uint.MaxValue)
        {
            _bytes.Add(RdbFormat.Length32);
            BinaryPrimitives.WriteUInt32BigEndian(_bytes.Reserve(sizeof(uint)), (uint)length);
            _bytes.Advance(sizeof(uint));
        }
        else
        {
            _bytes.Add(RdbFormat.Length64);
            BinaryPrimitives.WriteInt64BigEndian(_bytes.Reserve(sizeof(long)), length);
            _bytes.Advance(sizeof(long));
        }
    }
}
