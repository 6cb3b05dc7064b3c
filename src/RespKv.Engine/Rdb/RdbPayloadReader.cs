using System.Buffers.Binary;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Rdb;

/// <summary>
/// Reads what DUMP has written, here or by any Redis up to 7.0. Pure; everything is validated before anything is stored, as with Redis's
/// <c>sanitize-dump-payload yes</c>: sizes, encodings, order, members that come twice, scores that are no number.
/// </summary>
internal ref struct RdbPayloadReader
{
    private readonly ElementBuffer _elements;
    private readonly NameSet _names = new();
    private RdbReader _reader;
    private ReadOnlySpan<byte> _text;

    private RdbPayloadReader(ReadOnlySpan<byte> bytes, ElementBuffer elements)
    {
        _reader = new RdbReader(bytes);
        _elements = elements;
    }

    /// <summary>Whether version and checksum are right. What is in it may be wrong still.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < RdbFormat.FooterBytes || BinaryPrimitives.ReadUInt16LittleEndian(payload[^RdbFormat.FooterBytes..]) > RdbFormat.Version)
        {
            return false;
        }

        return Crc64.Compute(payload[..^sizeof(ulong)]) == BinaryPrimitives.ReadUInt64LittleEndian(payload[^sizeof(ulong)..]);
    }

    /// <summary>Reads a payload that <see cref="IsIntact"/>. False: its content is no value.</summary>
    /// <param name="payload">All of it.</param>
    /// <param name="elements">
    /// Empty; takes those of a collection: names of a list (<see cref="ElementBuffer.AddName"/>), fields and values, members and nothing, members and
    /// <see cref="SortedSetScore"/>.
    /// </param>
    /// <param name="digits">Room for a string that is an integer: <see cref="RdbReader.DigitsMax"/>.</param>
    /// <param name="type">What it is.</param>
    /// <param name="text">Of a string: in the payload, in <paramref name="digits"/> or in an array of its own.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> payload, ElementBuffer elements, Span<byte> digits, out ValueType type, out ReadOnlySpan<byte> text)
    {
        type = ValueType.String;
        text = default;
        try
        {
            var reader = new RdbPayloadReader(payload[..^RdbFormat.FooterBytes], elements);
            type = reader.Read(digits);
            text = reader._text;
            return type == ValueType.String || elements.Count > 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Bytes that the log needs for what is in a payload, beside the key; 0 if it is none.</summary>
    public static long UnpackedBytes(ReadOnlySpan<byte> payload)
    {
        var elements = new ElementBuffer();
        var digits = new byte[RdbReader.DigitsMax];
        return IsIntact(payload) && TryRead(payload, elements, digits, out _, out ReadOnlySpan<byte> text)
            ? text.Length + elements.ByteCount + (elements.Count * (ListPosition.Bytes + 1L))
            : 0;
    }

    private ValueType Read(Span<byte> digits)
    {
        byte type = _reader.ReadByte();
        switch (type)
        {
            case RdbFormat.TypeString:
                _text = _reader.ReadString(digits);
                return ValueType.String;
            case RdbFormat.TypeList or RdbFormat.TypeListZiplist or RdbFormat.TypeListQuicklist or RdbFormat.TypeListQuicklist2:
                ReadList(type);
                return ValueType.List;
            case RdbFormat.TypeSet or RdbFormat.TypeSetIntset:
                ReadSet(type);
                return ValueType.Set;
            case RdbFormat.TypeHash or RdbFormat.TypeHashZipmap or RdbFormat.TypeHashZiplist or RdbFormat.TypeHashListpack:
                ReadHash(type);
                return ValueType.Hash;
            case RdbFormat.TypeSortedSetText or RdbFormat.TypeSortedSet or RdbFormat.TypeSortedSetZiplist or RdbFormat.TypeSortedSetListpack:
                ReadSortedSet(type);
                return ValueType.SortedSet;
            default:
                throw new InvalidDataException("the payload's type is not known");
        }
    }

    private void ReadList(byte type)
    {
        var digits = new byte[RdbReader.DigitsMax];
        var inner = new byte[RdbReader.DigitsMax];
        long count = type == RdbFormat.TypeListZiplist ? 1 : _reader.ReadLength();
        for (long i = 0; i < count; i++)
        {
            long node = type == RdbFormat.TypeListQuicklist2 ? _reader.ReadLength() : RdbFormat.NodePacked;
            RdbReader.Check(node is RdbFormat.NodePlain or RdbFormat.NodePacked);
            ReadOnlySpan<byte> bytes = _reader.ReadString(digits);
            if (type == RdbFormat.TypeList || node == RdbFormat.NodePlain)
            {
                RdbReader.Check(type == RdbFormat.TypeList || !bytes.IsEmpty);
                _elements.AddName(bytes);
                continue;
            }

            var packed = new PackedReader(bytes, type == RdbFormat.TypeListQuicklist2);
            while (packed.TryRead(inner, out ReadOnlySpan<byte> value))
            {
                _elements.AddName(value);
            }
        }
    }

    private void ReadSet(byte type)
    {
        var digits = new byte[RdbReader.DigitsMax];
        if (type == RdbFormat.TypeSetIntset)
        {
            ReadIntset(_reader.ReadString(digits));
            return;
        }

        long count = _reader.ReadLength();
        for (long i = 0; i < count; i++)
        {
            AddUnique(_reader.ReadString(digits), default);
        }
    }

    /// <summary>4 bytes of an integer's width, 4 of their number, the integers, ascending.</summary>
    private void ReadIntset(ReadOnlySpan<byte> bytes)
    {
        var digits = new byte[RdbReader.DigitsMax];
        var reader = new RdbReader(bytes);
        uint width = BinaryPrimitives.ReadUInt32LittleEndian(reader.ReadBytes(sizeof(uint)));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(reader.ReadBytes(sizeof(uint)));
        RdbReader.Check(width is 2 or 4 or 8 && count > 0 && bytes.Length == (2 * sizeof(uint)) + ((long)width * count));
        long last = 0;
        for (uint i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> item = reader.ReadBytes(width);
            long value = width switch
            {
                2 => BinaryPrimitives.ReadInt16LittleEndian(item),
                4 => BinaryPrimitives.ReadInt32LittleEndian(item),
                _ => BinaryPrimitives.ReadInt64LittleEndian(item),
            };
            RdbReader.Check(i == 0 || value > last);
            last = value;
            _elements.Add(digits.AsSpan(0, RespNumber.FormatInt64(value, digits)), default);
        }
    }

    private void ReadHash(byte type)
    {
        var digits = new byte[RdbReader.DigitsMax];
        var valueDigits = new byte[RdbReader.DigitsMax];
        if (type == RdbFormat.TypeHash)
        {
            long count = _reader.ReadLength();
            for (long i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> name = _reader.ReadString(digits);
                AddUnique(name, _reader.ReadString(valueDigits));
            }

            return;
        }

        ReadOnlySpan<byte> bytes = _reader.ReadString(digits);
        if (type == RdbFormat.TypeHashZipmap)
        {
            var map = new ZipmapReader(bytes);
            while (map.TryRead(out ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value))
            {
                AddUnique(field, value);
            }

            return;
        }

        var fieldDigits = new byte[RdbReader.DigitsMax];
        var packed = new PackedReader(bytes, type == RdbFormat.TypeHashListpack);
        while (packed.TryReadPair(fieldDigits, valueDigits, out ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value))
        {
            AddUnique(field, value);
        }
    }

    private void ReadSortedSet(byte type)
    {
        var digits = new byte[RdbReader.DigitsMax];
        if (type is RdbFormat.TypeSortedSet or RdbFormat.TypeSortedSetText)
        {
            long count = _reader.ReadLength();
            for (long i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> name = _reader.ReadString(digits);
                AddScored(name, type == RdbFormat.TypeSortedSet ? SortedSetScore.Read(_reader.ReadBytes(SortedSetScore.Bytes)) : ReadScoreText());
            }

            return;
        }

        var memberDigits = new byte[RdbReader.DigitsMax];
        var scoreDigits = new byte[RdbReader.DigitsMax];
        var packed = new PackedReader(_reader.ReadString(digits), type == RdbFormat.TypeSortedSetListpack);
        while (packed.TryReadPair(memberDigits, scoreDigits, out ReadOnlySpan<byte> member, out ReadOnlySpan<byte> score))
        {
            AddScored(member, ParseScore(score));
        }
    }

    private double ReadScoreText()
    {
        byte length = _reader.ReadByte();
        return length switch
        {
            RdbFormat.ScoreNaN => double.NaN,
            RdbFormat.ScoreInfinity => double.PositiveInfinity,
            RdbFormat.ScoreNegativeInfinity => double.NegativeInfinity,
            _ => ParseScore(_reader.ReadBytes(length)),
        };
    }

    private static double ParseScore(ReadOnlySpan<byte> text)
    {
        RdbReader.Check(RespNumber.TryParseDouble(text, out double score));
        return score;
    }

    private readonly void AddScored(ReadOnlySpan<byte> member, double score)
    {
        RdbReader.Check(!double.IsNaN(score));
        Span<byte> value = stackalloc byte[SortedSetScore.Bytes];
        SortedSetScore.Write(value, score);
        AddUnique(member, value);
    }

    private readonly void AddUnique(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RdbReader.Check(_names.TryAdd(_elements, name));
        _elements.Add(name, value);
    }

    /// <summary>A listpack or its predecessor.</summary>
    private ref struct PackedReader
    {
        private readonly bool _isListpack;
        private ListpackReader _listpack;
        private ZiplistReader _ziplist;

        public PackedReader(ReadOnlySpan<byte> bytes, bool isListpack)
        {
            _isListpack = isListpack;
            if (isListpack)
            {
                _listpack = new ListpackReader(bytes);
            }
            else
            {
                _ziplist = new ZiplistReader(bytes);
            }
        }

        public bool TryRead(Span<byte> digits, out ReadOnlySpan<byte> text)
            => _isListpack ? _listpack.TryRead(digits, out text) : _ziplist.TryRead(digits, out text);

        public bool TryReadPair(Span<byte> firstDigits, Span<byte> secondDigits, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
        {
            second = default;
            if (!TryRead(firstDigits, out first))
            {
                return false;
            }

            RdbReader.Check(TryRead(secondDigits, out second));
            return true;
        }
    }
}
