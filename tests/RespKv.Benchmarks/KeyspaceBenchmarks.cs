using System.Text;
using BenchmarkDotNet.Attributes;
using RespKv.TestKit.Measuring;

namespace RespKv.Benchmarks;

/// <summary>Index and slab: keys of 16 bytes in random order, values of 64 bytes. Each operation hashes its key.</summary>
[MemoryDiagnoser]
public class KeyspaceBenchmarks
{
    private const int KeyBytes = 16;

    private readonly byte[] _value = (byte[])Samples.ValueBytes.Clone();
    private MeasuredKeyspace _keyspace = new();

    /// <summary>Twice as many keys as the keyspace holds: those in front are in it.</summary>
    private byte[] _keys = [];
    private int _at;
    private int _oldest;
    private int _newest;

    [ParamsSource(nameof(KeyCounts))]
    public int Keys { get; set; }

    public static IEnumerable<int> KeyCounts => ShortForm.IsWanted ? [100_000] : [100_000, 1_000_000];

    [GlobalSetup]
    public void Fill()
    {
        int[] numbers = [.. Enumerable.Range(0, 2 * Keys)];
        new Random(1).Shuffle(numbers);
        _keys = new byte[numbers.Length * KeyBytes];
        for (int i = 0; i < numbers.Length; i++)
        {
            Encoding.ASCII.GetBytes($"key:{numbers[i]:D12}").CopyTo(_keys, i * KeyBytes);
        }

        _keyspace = new MeasuredKeyspace();
        for (int i = 0; i < Keys; i++)
        {
            _keyspace.Set(Key(i), _value);
        }

        _at = 0;
        _oldest = 0;
        _newest = Keys;
    }

    [GlobalCleanup]
    public void Check()
    {
        if (_keyspace.Count != Keys)
        {
            throw new InvalidOperationException($"the keyspace has {_keyspace.Count} keys instead of {Keys}");
        }
    }

    [Benchmark]
    public long Find() => _keyspace.Find(Key(Next(ref _at, Keys)));

    [Benchmark]
    public long FindMissing() => _keyspace.Find(Key(Keys + Next(ref _at, Keys)));

    /// <summary>By a value of the same size.</summary>
    [Benchmark]
    public void Overwrite()
    {
        _value[0]++;
        _keyspace.Set(Key(Next(ref _at, Keys)), _value);
    }

    /// <summary>One key goes and a new one comes, so that there are always as many.</summary>
    [Benchmark]
    public bool DeleteAndInsert()
    {
        bool deleted = _keyspace.Delete(Key(Next(ref _oldest, 2 * Keys)));
        _keyspace.Set(Key(Next(ref _newest, 2 * Keys)), _value);
        return deleted;
    }

    private static int Next(ref int at, int end)
    {
        int number = at;
        at = number + 1 == end ? 0 : number + 1;
        return number;
    }

    private ReadOnlySpan<byte> Key(int number) => _keys.AsSpan(number * KeyBytes, KeyBytes);
}
