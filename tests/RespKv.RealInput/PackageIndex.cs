using System.Diagnostics;
using System.Text;

namespace RespKv.RealInput;

/// <summary>A key and its value.</summary>
internal sealed record Record(byte[] Key, byte[] Value);

/// <summary>Debian's package index, as apt keeps it on this machine.</summary>
internal static class PackageIndex
{
    private const string Home = "/var/lib/apt/lists";

    /// <summary>Opens an index whatever it is compressed with.</summary>
    private const string Helper = "/usr/lib/apt/apt-helper";

    /// <summary>Every stanza with its key, in the order of the index; all keys differ.</summary>
    /// <exception cref="InvalidDataException">This machine has no index.</exception>
    public static async Task<IReadOnlyList<Record>> ReadAsync(int recordsMax)
    {
        string[] files = Directory.Exists(Home)
            ? [.. Directory.GetFiles(Home).Where(path => Path.GetFileName(path).Contains("_Packages", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
        if (files.Length == 0)
        {
            throw new InvalidDataException($"There is no package index in {Home}: run apt-get update.");
        }

        var records = new List<Record>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string file in files)
        {
            foreach (byte[] stanza in Split(await DecompressAsync(file)))
            {
                Add(records, places, stanza);
            }
        }

        return [.. records.Take(recordsMax)];
    }

    private static void Add(List<Record> records, Dictionary<string, int> places, byte[] stanza)
    {
        string text = Encoding.UTF8.GetString(stanza);
        string name = Field(text, "Package") ?? throw new InvalidDataException($"A stanza has no field Package: {text}");
        string key = places.ContainsKey(name) ? $"{name}@{Field(text, "Version")}@{Field(text, "Architecture")}" : name;
        var record = new Record(Encoding.UTF8.GetBytes(key), stanza);
        if (places.TryGetValue(key, out int place))
        {
            records[place] = record;
            return;
        }

        places.Add(key, records.Count);
        records.Add(record);
    }

    private static string? Field(string stanza, string name)
    {
        foreach (string line in stanza.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length).StartsWith(": "))
            {
                return line[(name.Length + 2)..];
            }
        }

        return null;
    }

    /// <summary>Stanzas are parted by empty lines; the line end of the last line belongs to the stanza.</summary>
    private static IEnumerable<byte[]> Split(byte[] index)
    {
        int start = 0;
        while (start < index.Length)
        {
            int length = index.AsSpan(start).IndexOf("\n\n"u8);
            int end = length < 0 ? index.Length : start + length + 1;
            if (end > start + 1)
            {
                yield return index[start..end];
            }

            start = end + 1;
        }
    }

    private static async Task<byte[]> DecompressAsync(string file)
    {
        if (!File.Exists(Helper))
        {
            return await File.ReadAllBytesAsync(file);
        }

        var info = new ProcessStartInfo(Helper, ["cat-file", file]) { RedirectStandardOutput = true };
        using Process process = Process.Start(info) ?? throw new InvalidOperationException($"{Helper} did not start.");
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? bytes.ToArray() : throw new InvalidDataException($"{Helper} cat-file {file}: exit code {process.ExitCode}");
    }
}
