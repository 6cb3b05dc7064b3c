using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RespKv.TestKit.Files;

namespace RespKv.Exhaustive;

/// <summary>Fingerprints of disks that were recovered, each with what was expected of it: once is enough.</summary>
internal sealed class SeenStates
{
    private readonly HashSet<UInt128> _seen = [];

    /// <returns>False when it was there.</returns>
    public bool Add(SimulatedFileSystem files, Expected expected, long nowMillis)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, files);

        // What a power cut would take of it belongs to the disk of a killed process too.
        Append(hash, files.Crash(0, CrashOdds.NothingKept));

        // The time matters only for what has expired.
        foreach ((string key, string value) in expected.Certain.Visible(nowMillis).Concat(expected.Possible.Visible(nowMillis)))
        {
            hash.AppendData(Encoding.Latin1.GetBytes($"{key} {value}\n"));
        }

        return _seen.Add(BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset()));
    }

    private static void Append(IncrementalHash hash, SimulatedFileSystem files)
    {
        foreach ((string path, byte[] bytes) in files.ReadAll())
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{path} {bytes.Length} "));
            hash.AppendData(bytes.AsSpan().TrimEnd((byte)0));
        }
    }
}
