using System.Text;

namespace RespKv.StartupBench;

/// <summary>The same data as a stream of commands, for <c>redis-cli --pipe</c>.</summary>
internal static class Redis
{
    public static void Write(Stream output, long keys)
    {
        byte[] head = Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n${DataSet.KeyBytes}\r\n");
        byte[] middle = Encoding.ASCII.GetBytes($"\r\n${DataSet.ValueBytes}\r\n");
        Span<byte> key = stackalloc byte[DataSet.KeyBytes];
        Span<byte> value = stackalloc byte[DataSet.ValueBytes];
        using var buffered = new BufferedStream(output, 1 << 20);
        foreach (long number in DataSet.Shuffled(keys))
        {
            DataSet.Key(key, number);
            DataSet.Value(value, number);
            buffered.Write(head);
            buffered.Write(key);
            buffered.Write(middle);
            buffered.Write(value);
            buffered.Write("\r\n"u8);
        }
    }
}
