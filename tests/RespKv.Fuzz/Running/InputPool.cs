namespace RespKv.Fuzz.Running;

/// <summary>
/// The inputs that behaved in a way that none before had shown, the corpus included: the next ones are made out of them. When it
/// is full, a new one takes the place of any.
/// </summary>
internal sealed class InputPool
{
    private const int InputsMax = 1024;

    /// <summary>Beyond so many, what is called a new behaviour is noise.</summary>
    private const int FingerprintsMax = 1 << 18;

    private readonly List<byte[]> _inputs = [];
    private readonly HashSet<ulong> _fingerprints = [];

    public int Behaviours => _fingerprints.Count;

    public bool IsNew(ulong fingerprint) => _fingerprints.Count < FingerprintsMax && _fingerprints.Add(fingerprint);

    public void Add(Random random, ReadOnlySpan<byte> input)
    {
        byte[] copy = input.ToArray();
        if (_inputs.Count < InputsMax)
        {
            _inputs.Add(copy);
        }
        else
        {
            _inputs[random.Next(InputsMax)] = copy;
        }
    }

    public ReadOnlySpan<byte> Pick(Random random) => _inputs.Count == 0 ? default : _inputs[random.Next(_inputs.Count)];
}
