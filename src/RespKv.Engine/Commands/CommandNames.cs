using System.Text;

namespace RespKv.Engine.Commands;

/// <summary>Finds a command by its name in any case, without an allocation: an open-addressed table over the lower-case name.</summary>
internal sealed class CommandNames
{
    private readonly Slot[] _slots;
    private readonly int _mask;

    public CommandNames(IEnumerable<(string Name, CommandEntry Entry)> commands)
    {
        Named = [.. commands];
        All = [.. Named.Select(c => c.Entry)];
        int size = 16;
        while (size < All.Count * 4)
        {
            size *= 2;
        }

        _slots = new Slot[size];
        _mask = size - 1;
        foreach ((string name, CommandEntry entry) in Named)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            int i = Hash(bytes) & _mask;
            while (_slots[i].Name is not null)
            {
                i = (i + 1) & _mask;
            }

            _slots[i] = new Slot(bytes, entry);
        }
    }

    public IReadOnlyList<CommandEntry> All { get; }

    /// <summary>With the names by which they are found.</summary>
    public IReadOnlyList<(string Name, CommandEntry Entry)> Named { get; }

    public CommandEntry? Find(ReadOnlySpan<byte> name)
    {
        int i = Hash(name) & _mask;
        while (_slots[i].Name is { } candidate)
        {
            if (Ascii.EqualsIgnoreCase(name, candidate))
            {
                return _slots[i].Entry;
            }

            i = (i + 1) & _mask;
        }

        return null;
    }

    /// <summary>Equal for names that differ in case only.</summary>
    private static int Hash(ReadOnlySpan<byte> name)
    {
        uint hash = (uint)name.Length * 0x9E37_79B1;
        foreach (byte b in name)
        {
            hash = (hash ^ (uint)(b | 0x20)) * 0x0100_0193;
        }

        return (int)(hash ^ (hash >> 15));
    }

    private readonly record struct Slot(byte[] Name, CommandEntry Entry);
}
