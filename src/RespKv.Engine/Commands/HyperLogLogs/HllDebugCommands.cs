using System.Text;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>A look inside HyperLogLogs, for tests.</summary>
internal static class HllDebugCommands
{
    /// <summary>Redis does 1,000, and 10,000,000 elements, which takes seconds in which nobody else is served.</summary>
    private const int SelfTestRounds = 10;

    private const int SelfTestElements = 100_000;

    [Command("pfdebug", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Admin | CommandFlags.StoresValues, Keys = "2,2,1 RW access",
        Group = "hyperloglog", Since = "2.8.9", Complexity = "N/A", Summary = "Internal commands for debugging HyperLogLog values",
        Syntax = "subcommand key")]
    internal static void PfDebug(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[2]);
        if (!HllCommands.TryFind(c, key, out Entry entry))
        {
            return;
        }

        if (!entry.Exists)
        {
            c.Fail("ERR The specified key does not exist");
            return;
        }

        ReadOnlySpan<byte> subcommand = args[1];
        if (subcommand.Is("getreg"u8))
        {
            ReplyRegisters(c, key, entry);
        }
        else if (subcommand.Is("decode"u8))
        {
            ReplyRuns(c, c.StringBytes(entry));
        }
        else if (subcommand.Is("encoding"u8))
        {
            c.Reply.SimpleString(c.StringBytes(entry)[HllFormat.EncodingOffset] == HllFormat.Dense ? "dense"u8 : "sparse"u8);
        }
        else if (subcommand.Is("todense"u8))
        {
            bool wasDense = c.StringBytes(entry)[HllFormat.EncodingOffset] == HllFormat.Dense;
            if (TryMakeDense(c, key, entry))
            {
                c.Reply.Integer(wasDense ? 0 : 1);
            }
        }
        else
        {
            c.Fail($"ERR Unknown PFDEBUG subcommand '{ArgumentText.Shorten(subcommand)}'");
        }
    }

    [Command("pfselftest", 1, CommandFlags.Admin, Group = "hyperloglog", Since = "2.8.9", Complexity = "N/A",
        Summary = "An internal command for testing HyperLogLog values")]
    internal static void PfSelfTest(ReadContext c, RequestArgs args)
    {
        string? failure = TestRegisters(c.Engine.Random) ?? TestError(c);
        if (failure is null)
        {
            c.Reply.Ok();
        }
        else
        {
            c.Fail(failure);
        }
    }

    /// <summary>As Redis does: whose registers are read has become dense.</summary>
    private static void ReplyRegisters(WriteContext c, in KeyRef key, Entry entry)
    {
        if (!TryMakeDense(c, key, entry))
        {
            return;
        }

        c.FindUntouched(key, out entry);
        ReadOnlySpan<byte> registers = c.StringBytes(entry)[HllFormat.HeaderBytes..];
        c.Reply.ArrayHeader(HllFormat.Registers);
        for (int i = 0; i < HllFormat.Registers; i++)
        {
            c.Reply.Integer(HllRegisters.Get(registers, i));
        }
    }

    private static bool TryMakeDense(WriteContext c, in KeyRef key, Entry entry)
    {
        using HyperLogLog value = HllCommands.Load(c, entry);
        if (value.IsDense)
        {
            return true;
        }

        if (!value.TryMakeDense())
        {
            c.Fail(HllCommands.Corrupted);
            return false;
        }

        HllCommands.Store(c, key, entry, value);
        return true;
    }

    private static void ReplyRuns(ReadContext c, ReadOnlySpan<byte> value)
    {
        if (value[HllFormat.EncodingOffset] != HllFormat.Sparse)
        {
            c.Fail("ERR HLL encoding is not sparse");
            return;
        }

        var text = new StringBuilder();
        ReadOnlySpan<byte> bytes = value[HllFormat.HeaderBytes..];
        while (!bytes.IsEmpty)
        {
            SparseRun run = HllRegisters.ReadRun(bytes);
            text.Append(text.Length > 0 ? " " : "");
            text.Append(run.Value > 0 ? $"v:{run.Value},{run.Length}" : run.Bytes > 1 ? $"Z:{run.Length}" : $"z:{run.Length}");
            bytes = bytes[Math.Min(run.Bytes, bytes.Length)..];
        }

        c.Reply.Bulk(text.ToString());
    }

    /// <summary>Dense registers keep what is written, and their neighbours too.</summary>
    private static string? TestRegisters(Random random)
    {
        var registers = new byte[HllFormat.DenseBytes - HllFormat.HeaderBytes];
        var expected = new byte[HllFormat.Registers];
        for (int round = 0; round < SelfTestRounds; round++)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = (byte)random.Next(1 << HllFormat.RegisterBits);
                HllRegisters.Set(registers, i, expected[i]);
            }

            for (int i = 0; i < expected.Length; i++)
            {
                int actual = HllRegisters.Get(registers, i);
                if (actual != expected[i])
                {
                    return $"TESTFAILED Register {i} should be {expected[i]} but is {actual}";
                }
            }
        }

        return null;
    }

    /// <summary>Dense and sparse ones count alike, and near the truth.</summary>
    private static string? TestError(ReadContext c)
    {
        double relativeError = 1.04 / Math.Sqrt(HllFormat.Registers);
        using HyperLogLog dense = HyperLogLog.Create(0);
        using HyperLogLog sparse = HyperLogLog.Create(c.Engine.Config.HllSparseBytesMax);
        dense.TryMakeDense();
        long seed = c.Engine.Random.NextInt64();
        int checkpoint = 1;
        for (int i = 1; i <= SelfTestElements; i++)
        {
            ReadOnlySpan<byte> element = BitConverter.GetBytes(i ^ seed);
            dense.Add(element);
            sparse.Add(element);
            if (i != checkpoint)
            {
                continue;
            }

            HllEstimate.TryCount(dense.Bytes, out long denseCount);
            HllEstimate.TryCount(sparse.Bytes, out long sparseCount);
            if (denseCount != sparseCount)
            {
                return "TESTFAILED dense/sparse disagree";
            }

            long error = Math.Abs(checkpoint - denseCount);
            if (error > (checkpoint == 10 ? 1 : Math.Ceiling(relativeError * 6 * checkpoint)))
            {
                return $"TESTFAILED Too big error. card:{checkpoint} abserr:{error}";
            }

            checkpoint *= 10;
        }

        return null;
    }
}
