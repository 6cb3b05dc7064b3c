using System.Runtime.InteropServices;

namespace RespKv.Fuzz.Running;

/// <summary>
/// What a target tells about one input: an outcome by name, a fingerprint of the behaviour (inputs with a new one are kept to be
/// changed further), and the bytes that the reader allocated, without those of the target itself.
/// </summary>
internal sealed class RunResult
{
    private const ulong Prime = 0x9E37_79B9_7F4A_7C15;

    private readonly Dictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private long _allocatedBefore;

    public ulong Fingerprint { get; private set; }

    public long AllocatedBytes { get; private set; }

    /// <summary>How often each outcome came.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    public void Begin()
    {
        Fingerprint = 0;
        AllocatedBytes = 0;
    }

    /// <summary>The reader begins to work.</summary>
    public void Enter() => _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();

    /// <summary>It has stopped.</summary>
    public void Leave() => AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;

    public void Feature(ulong value) => Fingerprint = (ulong.RotateLeft(Fingerprint, 7) ^ value) * Prime;

    /// <summary>Takes in a text without its numbers, be they hexadecimal.</summary>
    public void Feature(string text)
    {
        ulong hash = 0;
        foreach (Range range in text.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = text.AsSpan(range);
            if (!word.ContainsAnyInRange('0', '9'))
            {
                foreach (char c in word)
                {
                    hash = (hash ^ c) * Prime;
                }
            }
        }

        Feature(hash);
    }

    public void Outcome(string name)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_outcomes, name, out _)++;
        Feature(name);
    }
}
