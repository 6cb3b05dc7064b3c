using System.Buffers.Binary;
using System.Text;
using RespKv.Fuzz.Running;

namespace RespKv.Fuzz.Disk;

/// <summary>
/// A directory as an input: a head that belongs to the target, then for each file a byte for its name's length, the name, four bytes
/// for its length, and its bytes. The last file may be cut short, so that any bytes are a directory.
/// </summary>
internal static class FileImages
{
    private const int LengthBytes = sizeof(int);

    public static void Add(InputBuffer input, string name, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[1 + 255 + LengthBytes];
        int nameBytes = Encoding.Latin1.GetBytes(name, head[1..]);
        head[0] = (byte)nameBytes;
        BinaryPrimitives.WriteInt32LittleEndian(head[(1 + nameBytes)..], content.Length);
        input.Add(head[..(1 + nameBytes + LengthBytes)]);
        input.Add(content);
    }

    public static void AddAll(InputBuffer input, MemoryFiles files)
    {
        foreach (string name in files.Names)
        {
            Add(input, name, files[name]);
        }
    }

    /// <summary>Where the files stand in an input, in its order.</summary>
    public static void Find(ReadOnlySpan<byte> input, int headBytes, List<FileImage> found)
    {
        found.Clear();
        int at = headBytes;
        while (at < input.Length)
        {
            int nameAt = at + 1;
            int nameBytes = Math.Min(input[at], input.Length - nameAt);
            int contentAt = nameAt + nameBytes + LengthBytes;
            if (contentAt > input.Length)
            {
                return;
            }

            int bytes = BinaryPrimitives.ReadInt32LittleEndian(input[(contentAt - LengthBytes)..]);
            bytes = Math.Clamp(bytes, 0, input.Length - contentAt);
            found.Add(new FileImage(at, nameAt, nameBytes, contentAt, bytes));
            at = contentAt + bytes;
        }
    }

    public static void SetLength(Span<byte> input, FileImage file, int bytes)
        => BinaryPrimitives.WriteInt32LittleEndian(input[(file.ContentAt - LengthBytes)..], bytes);

    /// <summary>Puts the files on a disk. Names that no file can have are left out.</summary>
    public static void Put(ReadOnlySpan<byte> input, List<FileImage> found, MemoryFiles files)
    {
        files.Clear();
        foreach (FileImage file in found)
        {
            string name = file.Name(input);
            if (name.Length > 0 && name.AsSpan().IndexOfAny('/', '\0') < 0)
            {
                files.Put(name, file.Content(input));
            }
        }
    }
}

/// <summary>Offsets and lengths in an input.</summary>
internal readonly record struct FileImage(int Start, int NameAt, int NameBytes, int ContentAt, int Bytes)
{
    public int End => ContentAt + Bytes;

    public string Name(ReadOnlySpan<byte> input) => Encoding.Latin1.GetString(input.Slice(NameAt, NameBytes));

    public ReadOnlySpan<byte> Content(ReadOnlySpan<byte> input) => input.Slice(ContentAt, Bytes);
}
