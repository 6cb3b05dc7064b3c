namespace RespKv.Storage.Mutations;

/// <summary>Reads what an <see cref="ElementBuffer"/> has written. Allocates nothing.</summary>
public ref struct ElementReader
{
    private readonly int _length;
    private ReadOnlySpan<byte> _rest;

    public ElementReader(ReadOnlySpan<byte> elements)
    {
        _rest = elements;
        _length = elements.Length;
    }

    /// <summary>Points into the elements.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Points into the elements; empty when names are read.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Bytes that were read.</summary>
    internal readonly int Position => _length - _rest.Length;

    /// <summary>True when the bytes are one element or more.</summary>
    public static bool AreElements(ReadOnlySpan<byte> bytes)
    {
        while (TrySkip(ref bytes) && TrySkip(ref bytes))
        {
            if (bytes.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the bytes are one name or more.</summary>
    public static bool AreNames(ReadOnlySpan<byte> bytes)
    {
        while (TrySkip(ref bytes))
        {
            if (bytes.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the next element; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an element.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Name = ReadBytes("name");
        Value = ReadBytes("value");
        return true;
    }

    /// <summary>Goes to the next name; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a name.</exception>
    public bool ReadName()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Name = ReadBytes("name");
        Value = default;
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> bytes)
    {
        int head = ReadLength(bytes, out int length);
        if (head == 0)
        {
            return false;
        }

        bytes = bytes[(head + length)..];
        return true;
    }

    /// <summary>Returns the bytes of the length; 0 when it is malformed, or more than what follows.</summary>
    private static int ReadLength(ReadOnlySpan<byte> bytes, out int length)
    {
        int head = Varint.Read(bytes, out ulong number);
        bool isSound = head > 0 && number <= (ulong)(bytes.Length - head);
        length = isSound ? (int)number : 0;
        return isSound ? head : 0;
    }

    private ReadOnlySpan<byte> ReadBytes(string what)
    {
        int head = ReadLength(_rest, out int length);
        if (head == 0)
        {
            throw new InvalidDataException($"elements: malformed {what}, {_rest.Length} bytes are left");
        }

        ReadOnlySpan<byte> bytes = _rest.Slice(head, length);
        _rest = _rest[(head + length)..];
        return bytes;
    }
}
