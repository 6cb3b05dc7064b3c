using System.Text;

namespace RespKv.Benchmarks;

/// <summary>What most benchmarks work with: a key of 16 bytes, a value of 64.</summary>
internal static class Samples
{
    public const string Key = "key:000000012345";

    public static readonly byte[] KeyBytes = Encoding.ASCII.GetBytes(Key);

    public static readonly string Value = new('x', 64);

    public static readonly byte[] ValueBytes = Encoding.ASCII.GetBytes(Value);
}
