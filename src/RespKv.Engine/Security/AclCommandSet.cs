using System.Numerics;

namespace RespKv.Engine.Security;

/// <summary>A set of commands: one bit for each.</summary>
internal sealed class AclCommandSet
{
    /// <summary>As in Redis; its commands and ours are about half as many.</summary>
    private const int Bits = 1024;

    /// <summary>
    /// Stands for commands that do not exist yet: set by <c>+@all</c> only. It tells whether rules are to be described as what they take away or
    /// as what they add.
    /// </summary>
    public const int FutureId = Bits - 1;

    private readonly ulong[] _words = new ulong[Bits / 64];

    public bool Has(int id) => (_words[id >> 6] & (1ul << (id & 63))) != 0;

    public void Set(int id, bool value)
    {
        ulong bit = 1ul << (id & 63);
        _words[id >> 6] = value ? _words[id >> 6] | bit : _words[id >> 6] & ~bit;
    }

    public void SetAll(bool value) => Array.Fill(_words, value ? ulong.MaxValue : 0);

    public void Set(AclCommandSet commands, bool value)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] = value ? _words[i] | commands._words[i] : _words[i] & ~commands._words[i];
        }
    }

    public void CopyFrom(AclCommandSet other) => other._words.CopyTo(_words, 0);

    /// <summary>How many of <paramref name="commands"/> are in this set.</summary>
    public int CountOf(AclCommandSet commands)
    {
        int count = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            count += BitOperations.PopCount(_words[i] & commands._words[i]);
        }

        return count;
    }

    public int Count() => CountOf(this);
}
