using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>
/// Bits all over every file: what check says is what start-up does, and what start-up serves is what was written.
/// </summary>
public sealed class EveryFlippedBitTests
{
    /// <summary>A prime, so that all fields of the formats are met in some block or batch; and few enough to be quick.</summary>
    private const int Stride = 211;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FlippedBitAnywhere_CheckSaysWhatStartUpDoes(bool closed)
    {
        SimulatedFileSystem sound = DirectoryMaker.Standard(closed);
        SortedDictionary<string, string> content = DirectoryContent.Read(sound, DirectoryMaker.Source);
        int corrupt = 0;
        foreach ((string path, byte[] bytes) in sound.ReadAll())
        {
            for (int offset = path.Length % Stride; offset < bytes.Length; offset += Stride)
            {
                SimulatedFileSystem disk = sound.Kill();
                disk.FlipBit(path, offset, offset % 8);
                int exitCode = ToolRun.On(disk, "check", DirectoryMaker.Source).ExitCode;
                corrupt += exitCode == 3 ? 1 : 0;
                AssertStartUp(disk, exitCode, content, $"{path}, offset {offset}");
            }
        }

        Assert.True(corrupt > 10, $"only {corrupt} flips were found corrupt");
    }

    private static void AssertStartUp(
        SimulatedFileSystem disk, int exitCode, SortedDictionary<string, string> sound, string place)
    {
        try
        {
            SortedDictionary<string, string> served = DirectoryContent.Read(disk, DirectoryMaker.Source);
            Assert.True(exitCode is 0 or 2, $"{place}: start-up serves it, check says {exitCode}");
            if (exitCode == 0)
            {
                Assert.True(sound.SequenceEqual(served), $"{place}: check finds nothing, and something else is served");
            }
            else
            {
                Assert.True(served.All(pair => sound.TryGetValue(pair.Key, out string? value) && value == pair.Value), $"{place}: more than a tail is gone");
            }
        }
        catch (IOException e) when (e is ManifestCorruptionException or TableCorruptionException or WalCorruptionException)
        {
            Assert.True(exitCode == 3, $"{place}: start-up refuses ({e.Message}), check says {exitCode}");
        }
    }
}
